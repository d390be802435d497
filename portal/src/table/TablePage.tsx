import { useQuery } from '@tanstack/react-query';
import Badge from '@cloudscape-design/components/badge';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { useServices } from '../app/services';
import { type ColumnRow, type TableRow, isPersonal } from '../lake/survey';
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

const nameCell = (row: ColumnRow) => (
  <span className="ls-inline">
    <code>{row.name}</code> {row.isPartitionKey && <Badge color="grey">Partition key</Badge>}
  </span>
);

const COLUMNS: readonly ListColumn<ColumnRow>[] = [
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
    cell: (row) => <PersonalBadge flag={row.flag} />,
    order: byText((row) => row.flag),
    share: 14,
  },
];

const NARROW: readonly ListColumn<ColumnRow>[] = [
  {
    id: 'name',
    header: 'Column',
    share: 100,
    isRowHeader: true,
    order: byText((row) => row.name),
    cell: (row) => (
      <span className="ls-stack">
        <span className="ls-inline">
          {nameCell(row)} <PersonalBadge flag={row.flag} no={null} />
        </span>
        <code className="ls-quiet ls-small ls-break">{row.type}</code>
        {row.comment !== '' && <span>{row.comment}</span>}
      </span>
    ),
  },
];

const haystack = (row: ColumnRow) =>
  [row.name, row.type, row.comment, row.isPartitionKey ? 'partition key' : ''].join(' ').toLowerCase();

/** One table: what it is, its columns and partition keys, and the way to ask for it. */
export default function TablePage(): ReactNode {
  const { database = '', table: name = '' } = useParams();
  const { lake } = useServices();
  const query = useQuery({
    queryKey: ['table', database, name],
    queryFn: ({ signal }) => lake.table(database, name, signal),
  });
  const row = query.data?.row;
  return (
    <>
      <PageHeader
        title={name}
        trail={[
          { text: 'Catalogue', href: '/' },
          { text: database, href: databasePath(database) },
        ]}
        actions={
          <GoButton href={askPath(database, name)} disabledReason={row?.barrier ?? ''}>
            Ask for this table
          </GoButton>
        }
      />
      {query.error ? (
        <Problem
          error={query.error}
          header={`Table ${name} cannot be shown`}
          onRetry={() => void query.refetch()}
          texts={{
            forbidden: 'It is not shown to you, or there is no such table. The platform team can change that.',
            'not-found': `There is no such table in ${database}, or it is not shown to you.`,
          }}
        />
      ) : (
        <>
          <TableFacts row={row} />
          <ListTable
            title="Columns"
            thing="column"
            rows={query.data?.columns ?? []}
            state={query.data ? 'done' : 'loading'}
            keyOf={(column) => `${column.isPartitionKey ? 'key' : 'column'} ${column.name}`}
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

function TableFacts({ row }: { row: TableRow | undefined }): ReactNode {
  return (
    <Facts
      tall
      loading={row === undefined}
      facts={[
        { label: 'Description', value: row?.description, wide: true },
        { label: 'Owner', value: row && <OwnerName owner={row.owner} /> },
        { label: 'Location', value: row?.location && <LocationOf row={row} /> },
        { label: 'Kind', value: row && kindOf(row.kind) },
        { label: 'Personal data', value: row && <PersonalSummary row={row} /> },
      ]}
    />
  );
}

function LocationOf({ row }: { row: TableRow }): ReactNode {
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

function PersonalSummary({ row }: { row: TableRow }): ReactNode {
  if (!isPersonal(row.flag)) return 'None';
  const why = [
    row.ownFlag === 'no' ? '' : 'The table as a whole is flagged.',
    row.flaggedColumns === 0 ? '' : `${counted(row.flaggedColumns, 'column')} with personal data.`,
    row.flag === 'columns' ? 'Its columns cannot be read.' : '',
  ];
  return (
    <span className="ls-stack">
      <PersonalBadge flag={row.flag} />
      <span className="ls-quiet ls-small">{why.filter(Boolean).join(' ')}</span>
    </span>
  );
}
