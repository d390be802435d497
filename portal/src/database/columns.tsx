import type { ReactNode } from 'react';
import type { Table } from '../api/types';
import { type ListColumn, byText } from '../shared/ListTable';
import { OwnerName } from '../shared/OwnerName';
import { PersonalBadge } from '../shared/PersonalBadge';
import { TextLink } from '../shared/TextLink';
import { counted, ownerText } from '../shared/format';
import { tablePath } from '../shared/paths';

function sizeOf(row: Table): string {
  if (row.columns_total === null) return 'Columns unknown';
  const columns = counted(row.columns_total, 'column');
  return row.flagged_columns === 0 ? columns : `${columns}, ${row.flagged_columns} flagged`;
}

function nameLink(database: string, row: Table): ReactNode {
  return <TextLink href={tablePath(database, row.name)}>{row.name}</TextLink>;
}

export function tableColumns(database: string): ListColumn<Table>[] {
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
      order: (a, b) => (a.columns_total ?? 0) - (b.columns_total ?? 0),
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
      cell: (row) => <PersonalBadge personal={row.personal} />,
      order: byText((row) => row.personal),
      share: 12,
    },
  ];
}

export function narrowTableColumns(database: string): ListColumn<Table>[] {
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
            {nameLink(database, row)} <PersonalBadge personal={row.personal} no={null} />
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

export const haystack = (row: Table): string =>
  [row.name, row.description, row.owner?.name, row.owner?.account_id].join(' ').toLowerCase();
