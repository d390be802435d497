const DAY_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const UTC_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const DAY = 24 * 60 * 60 * 1000;
const COUNT = new Intl.NumberFormat('en-US');

/** A moment, in the reader's own time zone, and in which: "24 Nov 2026, 11:52 CET". Takes ISO 8601. */
export function moment(value: string | null | undefined): string {
  if (value === null || value === undefined) return '';
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : DAY_AND_TIME.format(date);
}

/**
 * An end, as people say it. What ends with a day does so in UTC, and is said so: "the end of 22 Feb 2027 (UTC)";
 * everything else is a moment in the reader's own time zone.
 */
export function endOf(until: string): string {
  const end = new Date(until);
  if (end.getTime() % DAY !== 0) return moment(until);
  return `the end of ${UTC_DAY.format(end.getTime() - DAY)} (UTC)`;
}

/** A day of the API, `YYYY-MM-DD`, as the end that it is. */
export function dayOf(day: string): string {
  return endOf(new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString());
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
