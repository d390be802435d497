// Measures what a browser fetches for the first page, compressed as CloudFront does it, and fails above the limit.
//   npm run size            after a build
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { firstPage } from './first-page.mjs';

const LIMIT = 400 * 1024;
const manifest = fileURLToPath(new URL('../.build/manifest.json', import.meta.url));
const dist = fileURLToPath(new URL('../dist', import.meta.url));

if (!existsSync(manifest)) {
  console.error('There is no build of the portal. Run: npm run build');
  process.exit(2);
}

const files = firstPage(manifest).map((name) => ({ name, bytes: gzipSync(readFileSync(join(dist, name))).length }));
const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
for (const { name, bytes } of files.sort((a, b) => b.bytes - a.bytes)) {
  console.log(`${kilobytes(bytes).padStart(9)}  ${name}`);
}
console.log(`${kilobytes(total).padStart(9)}  first page, gzip (limit ${kilobytes(LIMIT)})`);
if (total > LIMIT) {
  console.error(`The first page must be at most ${kilobytes(LIMIT)}, and is ${kilobytes(total)}.`);
  process.exit(1);
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
