import type { Source } from '../api/types';

/** Where the share comes from and goes to. */
export interface Share {
  source: Source;
  /** Whether it is a part of the table, or of each table: then there is SELECT alone to be handed on, table by table. */
  isPart: boolean;
  consumer: string;
  centralAccount: string;
  region: string;
  /** The name of its link, where there is one already: `database.table`, or of a whole database its own. */
  link?: string | undefined;
}

export const YOUR_ROLE = 'YOUR_ROLE';
export const TABLE_NAME = 'TABLE_NAME';

/** Commands for the consumer account's administrator, ready to be copied into a shell. */
export function commandsFor({ source, isPart, consumer, centralAccount, region, link: made }: Share): {
  findInvitations: string;
  acceptInvitation: string;
  makeLink: string[];
  linkName: string;
  handOn: string[];
  /** All of it by a script of Lakeshare's; null: it does not know which parts these are. */
  script: string | null;
} {
  const aws = (service: string, ...parts: string[]) =>
    [`aws ${service}`, ...parts, `--region ${region}`].join(' \\\n  ');
  const isDatabase = source.table === '*';
  const usual = isDatabase ? source.database : `shared.${source.table}`;
  const linkName = made ?? usual;
  // A table may have a dot in its name, and the database of links has none.
  const dot = isDatabase ? linkName.length : linkName.indexOf('.');
  const [linkDatabase, linkTable] = [linkName.slice(0, dot), linkName.slice(dot + 1)];
  const pending = `resourceShareInvitations[?senderAccountId=='${centralAccount}' && status=='PENDING'].resourceShareInvitationArn`;
  const target = { CatalogId: centralAccount, DatabaseName: source.database };
  const databaseInput = isDatabase ? { Name: linkDatabase, TargetDatabase: target } : { Name: linkDatabase };
  const tableInput = { Name: linkTable, TargetTable: { ...target, Name: source.table } };
  // There is a portal in this partition only.
  const principal = `--principal DataLakePrincipalIdentifier=arn:aws:iam::${consumer}:role/${YOUR_ROLE}`;
  const allTables = isPart ? { Name: TABLE_NAME } : { TableWildcard: {} };
  const table = { ...target, ...(isDatabase ? allTables : { Name: source.table }) };
  const link = isDatabase
    ? { Database: { Name: linkDatabase } }
    : { Table: { DatabaseName: linkDatabase, Name: linkTable } };
  const grant = (permissions: string, resource: object) =>
    aws('lakeformation grant-permissions', principal, `--permissions ${permissions}`, `--resource ${json(resource)}`);
  return {
    findInvitations: aws('ram get-resource-share-invitations', `--query "${pending}"`, '--output text'),
    acceptInvitation: aws('ram accept-resource-share-invitation', '--resource-share-invitation-arn INVITATION_ARN'),
    makeLink: [
      aws('glue create-database', `--database-input ${json(databaseInput)}`),
      ...(isDatabase
        ? []
        : [aws('glue create-table', `--database-name ${linkDatabase}`, `--table-input ${json(tableInput)}`)]),
    ],
    linkName,
    script: isPart
      ? null
      : `AWS_DEFAULT_REGION=${region} ./lakeshare-accept ${quoted(`${source.database}.${source.table}`)} --central ${centralAccount} --role ${YOUR_ROLE}`,
    handOn: [grant('DESCRIBE', link), grant(isPart ? 'SELECT' : 'SELECT DESCRIBE', { Table: table })],
  };
}

function json(value: object): string {
  return quoted(JSON.stringify(value));
}

/** Quoted for a shell: names of the catalogue may hold any character. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
