import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { withoutFonts } from './build-tools/fonts.ts';
import { meshBehind } from './build-tools/mesh.ts';
import { lakeshareTheme } from './build-tools/theme.ts';

export default defineConfig({
  plugins: [withoutFonts(), lakeshareTheme(), react(), meshBehind()],
  build: {
    target: 'es2022',
    // Nothing inline: the content security policy allows files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks: { bundlerTimings: false },
      output: {
        codeSplitting: {
          groups: [
            // Every file more is a round trip, or a share of the line: one for what every page needs, one for the sign-in
            // and the renewal of tokens, one for all else that pages share, which is the component library.
            { name: 'page', tags: ['$initial'], priority: 2 },
            { name: 'sign-in', test: /node_modules\/(oidc-client-ts|jwt-decode)\//, priority: 2 },
            { name: 'library', test: /node_modules/, priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
    css: false,
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 60_000,
    // It leaves one core to whoever edits meanwhile; on two that is half of them.
    maxWorkers: '100%',
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
