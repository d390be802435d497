/** What the page makes of catalogue entries: the same reading as the workflow's (`handlers/aws/glue.py`). */
import type { GlueColumn, GlueDatabase, GlueTable } from '../aws/glue';
import { type Flag, flagsOf, strictest } from './flags';

export interface DataOwner {
  accountId: string;
  name: string;
}

export interface DatabaseRow {
  name: string;
  description: string;
  location: string;
  owner: DataOwner | null;
  /** Of the database as a whole; its tables may be flagged on their own. */
  flag: Flag;
  /** Why it cannot be asked for here; empty: it can. */
  barrier: string;
}

export interface ColumnRow {
  name: string;
  type: string;
  comment: string;
  isPartitionKey: boolean;
  flag: Flag;
}

/** Why a table counts as personal data; `columns`: the catalogue has no list of columns that could be read. */
export type TableFlag = Flag | 'columns';

export interface TableRow {
  name: string;
  description: string;
  owner: DataOwner | null;
  kind: string;
  location: string;
  flag: TableFlag;
  /** Whether the table as a whole is flagged. */
  ownFlag: Flag;
  flaggedColumns: number;
  columnsTotal: number;
  registered: boolean;
  barrier: string;
}

export function surveyDatabase(entry: GlueDatabase, centralAccount: string): DatabaseRow {
  const parameters = parametersOf(entry.Parameters);
  return {
    name: entry.Name,
    description: textOf(entry.Description),
    location: textOf(entry.LocationUri),
    owner: ownerOf(parameters),
    flag: strictest(flagsOf(parameters)),
    barrier: barrierOf(entry.CatalogId, centralAccount, 'database', Boolean(entry.TargetDatabase)),
  };
}

/** `database`: where the table was looked up; it takes its owner from there if it names none. */
export function surveyTable(
  entry: GlueTable,
  database: { name: string; owner: DataOwner | null },
  centralAccount: string,
): TableRow {
  const parameters = parametersOf(entry.Parameters);
  const columns = columnsOf(entry);
  const ownFlag = strictest(flagsOf(parameters));
  const linked = Boolean(entry.TargetTable) || isElsewhere(entry, database.name);
  return {
    name: entry.Name,
    description: textOf(entry.Description),
    owner: ownerOf(parameters) ?? database.owner,
    kind: textOf(entry.TableType),
    location: textOf(entry.StorageDescriptor?.Location),
    flag: tableFlag(ownFlag, columns),
    ownFlag,
    flaggedColumns: columns?.filter((column) => column.flag !== 'no').length ?? 0,
    columnsTotal: columns?.length ?? 0,
    registered: entry.IsRegisteredWithLakeFormation !== false,
    barrier: barrierOf(entry.CatalogId, centralAccount, 'table', linked),
  };
}

/** Columns and partition keys; `null` if there is no list of columns, or one that cannot be read. */
export function columnsOf(entry: GlueTable): ColumnRow[] | null {
  const columns = listOf(entry.StorageDescriptor?.Columns);
  const keys = listOf(entry.PartitionKeys ?? []);
  if (columns === null || columns.length === 0 || keys === null) return null;
  const read = [...columns.map((each) => columnOf(each, false)), ...keys.map((each) => columnOf(each, true))];
  const known = read.filter((column) => column !== null);
  return known.length === read.length ? known : null;
}

/** Whether it counts as personal data. */
export function isPersonal(flag: TableFlag): boolean {
  return flag !== 'no';
}

function tableFlag(own: Flag, columns: ColumnRow[] | null): TableFlag {
  if (own === 'yes' || columns?.some((column) => column.flag === 'yes')) return 'yes';
  if (columns === null) return 'columns';
  return own === 'unreadable' || columns.some((column) => column.flag === 'unreadable') ? 'unreadable' : 'no';
}

function columnOf(value: unknown, isPartitionKey: boolean): ColumnRow | null {
  if (!isObject(value)) return null;
  const { Name, Type, Comment, Parameters } = value as GlueColumn;
  const parameters: unknown = Parameters || {};
  if (typeof Name !== 'string' || !isObject(parameters)) return null;
  return {
    name: Name,
    type: textOf(Type),
    comment: textOf(Comment),
    isPartitionKey,
    flag: strictest(flagsOf(parameters)),
  };
}

function ownerOf(parameters: Readonly<Record<string, unknown>>): DataOwner | null {
  const owner = parameters['data_owner'];
  // An empty owner is one that cannot be read, not a missing one: only the key's absence falls back.
  if (owner === undefined || owner === null) return null;
  return { accountId: textual(owner), name: textOf(parameters['data_owner_name']) };
}

function barrierOf(catalogId: unknown, centralAccount: string, thing: string, linked: boolean): string {
  if (linked) return `This ${thing} is a resource link. Ask the owner of what it leads to.`;
  if (typeof catalogId === 'string' && catalogId !== centralAccount) {
    return `This ${thing} was shared into the central account, and cannot be shared on. Ask its owner.`;
  }
  return '';
}

function isElsewhere(entry: GlueTable, database: string): boolean {
  return textOf(entry.DatabaseName).toLowerCase() !== database.toLowerCase();
}

function parametersOf(parameters: unknown): Readonly<Record<string, unknown>> {
  return isObject(parameters) ? parameters : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] | null {
  return Array.isArray(value) ? value : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What is no text is shown as it stands, so that somebody can mend it. */
function textual(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
