import type { ReactNode } from 'react';
import type { TableRow } from '../lake/survey';
import { type ListColumn, byText } from '../shared/ListTable';
import { OwnerName } from '../shared/OwnerName';
import { PersonalBadge } from '../shared/PersonalBadge';
import { TextLink } from '../shared/TextLink';
import { counted, ownerText } from '../shared/format';
import { tablePath } from '../shared/paths';

function sizeOf(row: TableRow): string {
  if (row.columnsTotal === 0) return 'Columns unknown';
  const columns = counted(row.columnsTotal, 'column');
  return row.flaggedColumns === 0 ? columns : `${columns}, ${row.flaggedColumns} flagged`;
}

function nameLink(database: string, row: TableRow): ReactNode {
  return <TextLink href={tablePath(database, row.name)}>{row.name}</TextLink>;
}

export function tableColumns(database: string): ListColumn<TableRow>[] {
  return [
    {
      id: 'name',
      header: 'Table',
      cell: (row) => nameLink(database, row),
      order: byText((row) => row.name),
      share: 24,
      isRowHeader: true,
    },
    { id: 'description', header: 'Description', cell: (row) => row.description, share: 26 },
    {
      id: 'columns',
      header: 'Columns',
      cell: sizeOf,
      order: (a, b) => a.columnsTotal - b.columnsTotal,
      share: 18,
    },
    {
      id: 'owner',
      header: 'Owner',
      cell: (row) => <OwnerName owner={row.owner} />,
      order: byText((row) => ownerText(row.owner)),
      share: 20,
    },
    {
      id: 'personal',
      header: 'Personal data',
      cell: (row) => <PersonalBadge flag={row.flag} />,
      order: byText((row) => row.flag),
      share: 12,
    },
  ];
}

export function narrowTableColumns(database: string): ListColumn<TableRow>[] {
  return [
    {
      id: 'name',
      header: 'Table',
      share: 100,
      isRowHeader: true,
      order: byText((row) => row.name),
      cell: (row) => (
        <span className="ls-stack">
          <span className="ls-inline">
            {nameLink(database, row)} <PersonalBadge flag={row.flag} no={null} />
          </span>
          {row.description !== '' && <span>{row.description}</span>}
          <span className="ls-quiet ls-small">
            {sizeOf(row)} · {ownerText(row.owner)}
          </span>
        </span>
      ),
    },
  ];
}

export const haystack = (row: TableRow): string =>
  [row.name, row.description, row.owner?.name, row.owner?.accountId].join(' ').toLowerCase();
