import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import type { Column, Rule, Table } from '../api/types';
import { Badge } from '../shared/Badge';
import { Empty } from '../shared/Empty';
import { Facts } from '../shared/Facts';
import { GoButton } from '../shared/GoButton';
import { type ListColumn, ListTable, byText } from '../shared/ListTable';
import { OwnerName } from '../shared/OwnerName';
import { PageHeader } from '../shared/PageHeader';
import { PersonalBadge } from '../shared/PersonalBadge';
import { Problem } from '../shared/Problem';
import { counted } from '../shared/format';
import { askPath, databasePath } from '../shared/paths';
import { useTable } from './useTable';

const nameCell = (row: Column) => (
  <span className="ls-inline">
    <code>{row.name}</code> {row.partition_key && <Badge color="grey">Partition key</Badge>}
  </span>
);

const COLUMNS: readonly ListColumn<Column>[] = [
  { id: 'name', header: 'Column', cell: nameCell, order: byText((row) => row.name), share: 34, isRowHeader: true },
  {
    id: 'type',
    header: 'Type',
    cell: (row) => <code className="ls-break">{row.type}</code>,
    order: byText((row) => row.type),
    share: 22,
  },
  { id: 'comment', header: 'Comment', cell: (row) => row.comment, share: 30 },
  {
    id: 'personal',
    header: 'Personal data',
    cell: (row) => <PersonalBadge personal={row.personal} />,
    order: byText((row) => row.personal),
    share: 14,
  },
];

const NARROW: readonly ListColumn<Column>[] = [
  {
    id: 'name',
    header: 'Column',
    share: 100,
    isRowHeader: true,
    order: byText((row) => row.name),
    cell: (row) => (
      <span className="ls-stack">
        <span className="ls-inline">
          {nameCell(row)} <PersonalBadge personal={row.personal} no={null} />
        </span>
        <code className="ls-quiet ls-small ls-break">{row.type}</code>
        {row.comment !== '' && <span>{row.comment}</span>}
      </span>
    ),
  },
];

const haystack = (row: Column) =>
  [row.name, row.type, row.comment, row.partition_key ? 'partition key' : ''].join(' ').toLowerCase();

/** One table: what it is, its columns and partition keys, and the way to ask for it. */
export default function TablePage(): ReactNode {
  const { database = '', table: name = '' } = useParams();
  const columns = useTable(database, name);
  const row = columns.first?.table;
  return (
    <>
      <PageHeader
        title={name}
        trail={[
          { text: 'Catalogue', href: '/' },
          { text: database, href: databasePath(database) },
        ]}
        actions={
          <GoButton href={askPath(database, name)} disabledReason={row?.refusal?.message ?? ''}>
            Ask for this table
          </GoButton>
        }
      />
      {columns.error !== null && (
        <Problem
          error={columns.error}
          header={row === undefined ? `Table ${name} cannot be shown` : 'The columns cannot all be shown'}
          onRetry={columns.retry}
          texts={{
            'not-found': `It is not shown to you, or there is no such table in ${database}. The platform team can change that.`,
          }}
        />
      )}
      {(columns.error === null || row !== undefined) && (
        <>
          <TableFacts row={row} />
          <ListTable
            title="Columns"
            thing="column"
            rows={columns.rows}
            state={columns.state}
            keyOf={(column) => `${column.partition_key ? 'key' : 'column'} ${column.name}`}
            haystack={haystack}
            columns={COLUMNS}
            narrowColumns={NARROW}
            placeholder="Search columns"
            pageSize={100}
            empty={
              <Empty title="The catalogue does not list its columns">
                So nobody can tell whether it holds personal data, and a request goes to its owner.
              </Empty>
            }
          />
        </>
      )}
    </>
  );
}

function TableFacts({ row }: { row: Table | undefined }): ReactNode {
  return (
    <Facts
      tall
      loading={row === undefined}
      facts={[
        { label: 'Description', value: row?.description, wide: true },
        { label: 'Owner', value: row && <OwnerName contact owner={row.owner} /> },
        { label: 'Location', value: row?.location && <LocationOf row={row} /> },
        { label: 'Kind', value: row && kindOf(row.kind) },
        { label: 'Personal data', value: row && <PersonalSummary row={row} /> },
      ]}
    />
  );
}

function LocationOf({ row }: { row: Table }): ReactNode {
  return (
    <span className="ls-stack">
      <span className="ls-break">{row.location}</span>
      {!row.registered && (
        <span className="ls-quiet ls-small">
          Not registered with Lake Formation: who gets the table sees what it is, but no data.
        </span>
      )}
    </span>
  );
}

function kindOf(kind: string): string {
  if (kind === 'VIRTUAL_VIEW') return 'View';
  return kind === '' || kind === 'EXTERNAL_TABLE' ? 'Table' : kind;
}

/** Why a table as a whole asks its owner. */
const WHY: Record<Rule, string> = {
  DatabaseFlagged: 'Its database is flagged.',
  TableFlagged: 'The table as a whole is flagged.',
  ColumnFlagged: 'Columns of it are flagged.',
  UnreadableFlag: 'Its flag, or its database’s, cannot be read.',
  ColumnsUnreadable: 'Its columns cannot be read.',
  SchemaElsewhere: 'It has columns that the catalogue does not list.',
  PiiColumnsUnreadable: 'Its pii_columns cannot be read.',
  View: 'It is a view of data whose flags are elsewhere.',
  FlagVanished: 'It, or its database, was flagged before and is not now.',
  MemoryUnreadable: 'What was seen flagged before cannot be read.',
  Tagged: 'It, or its database, has an LF-Tag that is a flag.',
  ChangedSinceShared: 'It is not as it was when it was shared.',
  TagsUnreadable: 'Its LF-Tags, or its database’s, cannot be read.',
};

function PersonalSummary({ row }: { row: Table }): ReactNode {
  if (row.personal === 'no') return 'None';
  const why = [
    ...row.rules.map((rule) => WHY[rule]),
    row.flagged_columns === 0 ? '' : `${counted(row.flagged_columns, 'column')} with personal data.`,
  ];
  return (
    <span className="ls-stack">
      <PersonalBadge personal={row.personal} />
      <span className="ls-quiet ls-small">{why.filter(Boolean).join(' ')}</span>
    </span>
  );
}
