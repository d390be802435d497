import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const COPY = resolve('.build/another-document');
const DOCUMENT = readFileSync('../docs/openapi.yaml', 'utf8');

beforeAll(() => {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  for (const name of ['src', 'build-tools', 'tsconfig.json', 'package.json'])
    cpSync(name, `${COPY}/${name}`, { recursive: true });
  symlinkSync(resolve('node_modules'), `${COPY}/node_modules`);
});

afterAll(() => {
  rmSync(COPY, { recursive: true, force: true });
});

/** What the compiler says of the page beside a document, as the build asks it. */
function compiled(document: string): string {
  writeFileSync(`${COPY}/openapi.yaml`, document);
  for (const command of [
    ['build-tools/api-types.mjs', 'openapi.yaml'],
    ['node_modules/typescript/bin/tsc', '--noEmit'],
  ]) {
    const { stdout, stderr, status } = spawnSync(process.execPath, command, { cwd: COPY, encoding: 'utf8' });
    if (status !== 0) return stdout + stderr;
  }
  return '';
}

function changed(...changes: [string, string][]): string {
  return changes.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, DOCUMENT);
}

test('the build fails where the page and the document of the API differ', () => {
  const said = compiled(
    changed(
      ['partition_key', 'is_key'],
      ['  /executions/{name}:', '  /runs/{name}:'],
      ['enum: [grant, ', 'enum: [granting, '],
      [
        'required: [client_token, source, target]\n      properties:\n',
        'required: [client_token, source, target, priority]\n      properties:\n        priority: {type: integer}\n',
      ],
    ),
  );
  for (const [file, what] of [
    ['src/table/TablePage.tsx', 'partition_key'],
    ['src/api/client.ts', '"/executions/{name}"'],
    ['src/ask/PreviewPanel.tsx', 'granting'],
    ['src/ask/useSend.ts', 'priority'],
  ] as const) {
    expect(
      said
        .split('\n')
        .filter((line) => line.startsWith(file))
        .join('\n'),
    ).toContain(what);
  }
}, 240_000);
