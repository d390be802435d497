import { databasePath, tablePath } from '../shared/paths';
import { counted, moment, ownerText } from '../shared/format';
import type { Finding, Findings } from '../api/types';

/** From how old an index is on that is said with some weight: it is made anew every half hour. */
const OLD = 2 * 60 * 60 * 1000;

/** The fewest characters that are searched for: one fits too much. */
export const SHORTEST = 2;

export const nameOfFinding = ({ database, table }: Finding): string =>
  table === null ? database : `${database}.${table}`;

export const pathOfFinding = ({ database, table }: Finding): string =>
  table === null ? databasePath(database) : tablePath(database, table);

/** What it is, whose, and why it was found, where its name does not say that. */
export function factsOf({ table, owner, columns }: Finding): string {
  const named = columns.length === 0 ? '' : `${columns.length === 1 ? 'column' : 'columns'} ${columns.join(', ')}`;
  return [table === null ? 'Database' : 'Table', ownerText(owner), named].filter(Boolean).join(' · ');
}

/** What the reader must know of a list of results to take it for what it is. */
export function notesOf({ more, indexed_at, unread_databases }: Findings, now: number): string[] {
  const old = now - Date.parse(indexed_at) > OLD;
  return [
    ...(more ? ['There may be more. Add a word to narrow it down.'] : []),
    `${old ? 'Out of date: what' : 'What'} came after ${moment(indexed_at)} is not found yet.`,
    ...(unread_databases === 0 ? [] : [`Not all tables of ${counted(unread_databases, 'database')} could be read.`]),
  ];
}
