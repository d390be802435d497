import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** Puts the build's manifest beside what ships, not into it: only `build-tools/size.mjs` reads it. */
export function manifestAside(path: string): Plugin {
  return {
    name: 'manifest-aside',
    apply: 'build',
    config: () => ({ build: { manifest: true } }),
    writeBundle({ dir }) {
      if (dir === undefined) return;
      mkdirSync(dirname(path), { recursive: true });
      renameSync(join(dir, '.vite/manifest.json'), path);
      rmSync(join(dir, '.vite'), { recursive: true });
    },
  };
}
