/** What is in of a part of a table, in words. */
import type { PartInBrief } from '../api/types';
import { counted, number } from './format';

/** "8 of 10 columns, rows: eu_only"; while it is not known which columns these are, what was asked for. */
export function partText({ scope, filter, columns_in: isIn, columns_total: total }: PartInBrief): string {
  const rows = filter === null ? '' : `rows: ${filter}`;
  const columns =
    isIn === null
      ? scope === 'safe'
        ? 'Columns without personal data'
        : 'All columns'
      : total === null
        ? counted(isIn, 'column')
        : `${number(isIn)} of ${counted(total, 'column')}`;
  return [columns, rows].filter((text) => text !== '').join(', ');
}

/**
 * Whether columns were left out that can be asked for: not where somebody asked for rows of all of them. Those of a
 * whole database's tables are not named, and there is no one rest of them.
 */
export function leavesOut({ columns, columns_in: isIn, columns_total: total }: PartInBrief): boolean {
  return columns.length > 0 && isIn !== null && (total === null || isIn < total);
}
