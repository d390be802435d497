// Makes TypeScript types of the API's document: `node build-tools/api-types.mjs [document] [target]`.
// They are not committed, so page and document cannot part: what the page reads and the document lacks is a type error.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const [document = '../docs/openapi.yaml', target = 'src/api/openapi.d.ts'] = process.argv.slice(2);

const types = astToString(await openapiTS(pathToFileURL(resolve(document)), { silent: true }));
const text = `// Made of docs/openapi.yaml by build-tools/api-types.mjs.\n${types}`;
// Left alone if nothing changed, so that nobody who watches it starts anew.
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text);
