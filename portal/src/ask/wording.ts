import type { Ground, Preview, Scope } from '../api/types';
import { counted, endOf, moment, ownerText } from '../shared/format';

/** What will become of a request, in one sentence. */
export function headline(preview: Preview, renews = false): string {
  switch (preview.outcome) {
    case 'grant':
      return renews ? 'Renewed at once' : 'Shared at once';
    case 'shared':
      return 'Shared already';
    case 'needs_approval':
      return `Goes to ${ownerText(preview.owner)} for approval, ${because(preview.grounds, preview.grounds_total)}`;
    case 'refused':
      return 'Cannot be shared like this';
  }
}

/** Since when the account has it, until when, and by whose decision. */
export function alreadyText(already: Preview['already']): string {
  if (already === null) return '';
  const { account_id: account, since, until, approved } = already;
  const end = until === null ? 'without an end' : `until ${endOf(until)}`;
  return [
    `Account ${account} can read this already, since ${moment(since)}, ${end}.`,
    approved ? 'The owner of the data approved that.' : 'No approval was needed.',
    'It is as it was then: a request would grant nothing new, and ask nobody.',
  ].join(' ');
}

/** "because retail.customer.c_login and 8 more are personal data" */
export function because(grounds: readonly Ground[], total: number): string {
  const other = grounds.filter(({ rule }) => rule !== 'ChangedSinceShared');
  if (other.length > 0 && other.length < grounds.length) {
    return `because it is not as it was when it was shared, and ${because(other, total - 1).slice('because '.length)}`;
  }
  const first = grounds[0];
  if (first === undefined) return 'because it counts as personal data';
  const more = Math.max(total, grounds.length) - 1;
  if (more > 0) return `because ${nameOfGround(first)} and ${more} more count as personal data`;
  switch (first.rule) {
    case 'UnreadableFlag':
      return `because the flag of ${nameOfGround(first)} cannot be read`;
    case 'ColumnsUnreadable':
      return `because the columns of ${nameOfGround(first)} cannot be read`;
    case 'SchemaElsewhere':
      return `because ${nameOfGround(first)} has columns that the catalogue does not list`;
    case 'PiiColumnsUnreadable':
      return `because the pii_columns of ${nameOfGround(first)} cannot be read`;
    case 'FlagVanished':
      return `because ${nameOfGround(first)} was flagged before, and is not now`;
    case 'MemoryUnreadable':
      return `because what was flagged before in ${nameOfGround(first)} cannot be read`;
    case 'View':
      return `because ${nameOfGround(first)} is a view of data whose flags are elsewhere`;
    case 'ChangedSinceShared':
      return `because ${nameOfGround(first)} is not as it was when it was shared`;
    case 'TagsUnreadable':
      return `because the LF-Tags of ${nameOfGround(first)} cannot be read`;
    default:
      return `because ${nameOfGround(first)} is personal data`;
  }
}

export function nameOfGround(ground: Ground): string {
  if (!ground.table) return 'the database as a whole';
  return ground.column ? `${ground.table}.${ground.column}` : ground.table;
}

/** What is granted: a sentence each, the same as in the mail to the approvers. */
export function grantsOf(scope: Scope, tablesTotal: number): string[] {
  const passOn = 'The account can pass this on to its own users.';
  switch (scope) {
    case 'table':
      return ['Reading the table (SELECT and DESCRIBE), including columns added later.', passOn];
    case 'filtered':
      return ['Reading these columns and rows (SELECT), and no column that is added later.', passOn];
    case 'filtered_tables':
      return [
        `Reading the safe columns of ${tablesTotal === 1 ? 'the one table' : `each of the ${counted(tablesTotal, 'table')}`} that have such (SELECT).`,
        'No column, and no table, that is added later.',
        passOn,
      ];
    case 'tables':
      return [
        `Reading the ${counted(tablesTotal, 'table')} that the database holds now (SELECT and DESCRIBE).`,
        'Tables added later are not covered.',
        passOn,
      ];
    case 'wildcard':
      return ['Reading all tables, including tables added later (SELECT and DESCRIBE).', passOn];
  }
}
