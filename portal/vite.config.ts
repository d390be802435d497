import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { withoutFonts } from './build-tools/fonts.ts';
import { manifestAside } from './build-tools/manifest.ts';
import { meshBehind } from './build-tools/mesh.ts';
import { lakeshareTheme } from './build-tools/theme.ts';

export default defineConfig({
  plugins: [
    withoutFonts(),
    lakeshareTheme(),
    react(),
    meshBehind(),
    manifestAside(fileURLToPath(new URL('.build/manifest.json', import.meta.url))),
  ],
  build: {
    target: 'es2022',
    // Nothing inline: the content security policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    css: false,
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 60_000,
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
