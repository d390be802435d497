import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * All files of a build that the browser needs for the first page: those that `index.html` names. The catalogue is in the
 * page's own script; what else is split off comes later.
 *
 * @param {string} dist folder of the build
 * @returns {string[]} names within the build
 */
export function firstPage(dist) {
  const named = readFileSync(join(dist, 'index.html'), 'utf8').matchAll(/(?:src|href)="\/([^"]+)"/g);
  return ['index.html', ...new Set([...named].map(([, name]) => name))];
}
