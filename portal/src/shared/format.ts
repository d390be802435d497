const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const COUNT = new Intl.NumberFormat('en-US');

/** A moment, in the reader's own time zone: "24 Nov 2026, 11:52". Takes ISO 8601. */
export function moment(value: string | null | undefined): string {
  if (value === null || value === undefined) return '';
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : DAY_AND_TIME.format(date);
}

/** "1 table", "2,000 tables". */
export function counted(count: number, thing: string): string {
  return `${COUNT.format(count)} ${thing}${count === 1 ? '' : 's'}`;
}

export function number(count: number): string {
  return COUNT.format(count);
}

/** What is asked for, in a name: `retail.customer`, or the database's name alone. */
export function nameOf(source: { database: string; table: string } | null): string {
  if (source === null) return 'Unreadable input';
  return source.table === '*' ? source.database : `${source.database}.${source.table}`;
}

/** The account's number with the name that people know it by. */
export function ownerText(owner: { name: string | null; account_id: string } | null): string {
  if (owner === null) return 'Not named';
  return owner.name ?? `Account ${owner.account_id}`;
}
