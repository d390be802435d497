// Measures what a browser fetches for the first page, compressed as CloudFront does it, and fails above a limit.
//   npm run size            after a build
// What a browser makes of it, on slow networks: `python -m bench.first_page`.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { firstPage } from './first-page.mjs';

// All that comes before the catalogue's first row may have 12 requests and 200 KB. What the API is asked for is not
// among these files: config, who is signed in, and a page of databases.
const ASKED = 3;
const MOST_FILES = 12 - ASKED;
const MOST_BYTES = 190 * 1024;
const dist = fileURLToPath(new URL('../dist', import.meta.url));

if (!existsSync(join(dist, 'index.html'))) {
  console.error('There is no build of the portal. Run: npm run build');
  process.exit(2);
}

const files = firstPage(dist).map((name) => ({ name, bytes: gzipSync(readFileSync(join(dist, name))).length }));
const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
for (const { name, bytes } of files.sort((a, b) => b.bytes - a.bytes)) {
  console.log(`${kilobytes(bytes).padStart(9)}  ${name}`);
}
console.log(`${kilobytes(total).padStart(9)}  first page, gzip, ${files.length} files`);
console.log(`${kilobytes(MOST_BYTES).padStart(9)}  at most, and ${MOST_FILES} files`);
if (total > MOST_BYTES || files.length > MOST_FILES) {
  console.error(
    'The first page is above its limit. What not everybody needs at once belongs into a part that is loaded later.',
  );
  process.exit(1);
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
