import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { lakeshareTheme } from './theme/plugin';
import { withoutFonts } from './theme/fonts';

export default defineConfig({
  plugins: [withoutFonts(), lakeshareTheme(), react()],
  build: {
    target: 'es2022',
    // Nothing inline: the content security policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    css: false,
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 20_000,
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
