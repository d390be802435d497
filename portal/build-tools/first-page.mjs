import { readFileSync } from 'node:fs';

/** The page that a person sees first after signing in. */
const PAGE = 'src/catalogue/CataloguePage.tsx';

/**
 * All files of a build that the browser needs for the first page.
 *
 * @param {string} path of the build's manifest
 * @returns {string[]} names within the build
 */
export function firstPage(path) {
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const files = new Set(['index.html', 'mode.js', 'favicon.svg']);
  const seen = new Set();
  const add = (key) => {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`The build has no ${key}.`);
    if (seen.has(key)) return;
    seen.add(key);
    for (const name of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(name);
    for (const each of chunk.imports ?? []) add(each);
  };
  add('index.html');
  add(PAGE);
  return [...files];
}
