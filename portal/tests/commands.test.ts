import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandsFor } from '../src/request/commands';

const SHARE = { isPart: false, consumer: '999999999999', centralAccount: '123456789012', region: 'eu-west-1' };

/** What a shell makes of a command: its words, one a line. */
function words(command: string): string[] {
  const script = command.replace(/^aws /, 'printf "%s\\n" ');
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
}

test('a table: invitations, database for the link, link, grants', () => {
  const commands = commandsFor({ ...SHARE, source: { database: 'retail', table: 'customer' } });
  expect(words(commands.findInvitations)).toContain(
    "resourceShareInvitations[?senderAccountId=='123456789012' && status=='PENDING'].resourceShareInvitationArn",
  );
  expect(words(commands.acceptInvitation).slice(0, 2)).toEqual(['ram', 'accept-resource-share-invitation']);
  const link = words(commands.makeLink[1] ?? '');
  expect(JSON.parse(link[link.indexOf('--table-input') + 1] ?? '')).toEqual({
    Name: 'customer',
    TargetTable: { CatalogId: '123456789012', DatabaseName: 'retail', Name: 'customer' },
  });
  expect(commands.linkName).toBe('shared.customer');
  const grant = words(commands.handOn[1] ?? '');
  expect(grant).toContain('DataLakePrincipalIdentifier=arn:aws:iam::999999999999:role/YOUR_ROLE');
  expect(grant).toContain('eu-west-1');
});

const IN = 'AWS_DEFAULT_REGION=eu-west-1';

test.each([
  [
    'customer',
    false,
    [IN, './lakeshare-accept', 'retail.customer', '--central', '123456789012', '--role', 'YOUR_ROLE'],
  ],
  ['*', false, [IN, './lakeshare-accept', 'retail.*', '--central', '123456789012', '--role', 'YOUR_ROLE']],
  ['customer', true, null],
])('the script that does all of it: %s, of a part %s', (table, isPart, expected) => {
  const { script } = commandsFor({ ...SHARE, isPart, source: { database: 'retail', table } });
  expect(script === null ? null : words(`aws ${script}`)).toEqual(expected);
});

test('a database: one link, all its tables', () => {
  const commands = commandsFor({ ...SHARE, source: { database: 'retail', table: '*' } });
  expect(commands.makeLink).toHaveLength(1);
  const link = words(commands.makeLink[0] ?? '');
  expect(JSON.parse(link.at(-3) ?? '')).toEqual({
    Name: 'retail',
    TargetDatabase: { CatalogId: '123456789012', DatabaseName: 'retail' },
  });
  expect(commands.handOn[1]).toContain('TableWildcard');
});

test.each([
  ['customer', { Name: 'customer' }],
  ['*', { Name: 'TABLE_NAME' }],
])('a part is handed on by SELECT alone, table by table: %s', (table, named) => {
  const commands = commandsFor({ ...SHARE, isPart: true, source: { database: 'retail', table } });
  const grant = words(commands.handOn[1] ?? '');
  expect(grant[grant.indexOf('--permissions') + 1]).toBe('SELECT');
  expect(grant[grant.indexOf('--permissions') + 2]).toBe('--resource');
  const target = { CatalogId: '123456789012', DatabaseName: 'retail' };
  expect(JSON.parse(grant[grant.indexOf('--resource') + 1] ?? '')).toEqual({ Table: { ...target, ...named } });
});

test.each([
  ['customer', 'lakeshare.retail__customer', { Table: { DatabaseName: 'lakeshare', Name: 'retail__customer' } }],
  ['a.b', 'lakeshare.retail__a.b', { Table: { DatabaseName: 'lakeshare', Name: 'retail__a.b' } }],
  ['*', 'lakeshare_retail', { Database: { Name: 'lakeshare_retail' } }],
])('a link that is there is shown by its own name: %s', (table, link, shown) => {
  const { handOn, linkName } = commandsFor({ ...SHARE, source: { database: 'retail', table }, link });
  const show = words(handOn[0] ?? '');
  expect(linkName).toBe(link);
  expect(JSON.parse(show[show.indexOf('--resource') + 1] ?? '')).toEqual(shown);
  expect(handOn[1]).toContain('"DatabaseName":"retail"');
});

test('a name cannot break out of its quotes', () => {
  const table = `it's $(touch /tmp/x) "and" \`more\``;
  const link = words(commandsFor({ ...SHARE, source: { database: 'd', table } }).makeLink[1] ?? '');
  expect((JSON.parse(link[link.indexOf('--table-input') + 1] ?? '') as { Name: string }).Name).toBe(table);
});
