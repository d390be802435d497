import type { ReactNode } from 'react';
import { useServices } from '../app/services';
import type { Database } from '../api/types';
import { AccessBadge, accessText } from './AccessBadge';
import { Empty } from '../shared/Empty';
import { type ListColumn, ListTable, byText } from '../shared/ListTable';
import { OwnerName } from '../shared/OwnerName';
import { PageHeader } from '../shared/PageHeader';
import { Problem } from '../shared/Problem';
import { TextLink } from '../shared/TextLink';
import { ownerText } from '../shared/format';
import { databasePath } from '../shared/paths';
import { usePaged } from '../shared/usePaged';

const name = (row: Database) => <TextLink href={databasePath(row.name)}>{row.name}</TextLink>;

const COLUMNS: readonly ListColumn<Database>[] = [
  { id: 'name', header: 'Database', cell: name, order: byText((row) => row.name), share: 18, isRowHeader: true },
  { id: 'description', header: 'Description', cell: (row) => row.description, share: 32 },
  {
    id: 'owner',
    header: 'Owner',
    cell: (row) => <OwnerName owner={row.owner} nobody="See tables" />,
    order: byText((row) => ownerText(row.owner)),
    share: 20,
  },
  { id: 'location', header: 'Location', cell: (row) => <span className="ls-break">{row.location}</span>, share: 18 },
  {
    id: 'access',
    header: 'Its tables',
    cell: (row) => <AccessBadge access={row.access} />,
    order: byText((row) => accessText(row.access)),
    share: 12,
  },
];

const NARROW: readonly ListColumn<Database>[] = [
  {
    id: 'name',
    header: 'Database',
    share: 100,
    isRowHeader: true,
    order: byText((row) => row.name),
    cell: (row) => (
      <span className="ls-stack">
        <span className="ls-inline">
          {name(row)} <AccessBadge access={row.access} />
        </span>
        <span>{row.description}</span>
        <span className="ls-quiet ls-small">{row.owner ? ownerText(row.owner) : 'Owner: see tables'}</span>
      </span>
    ),
  },
];

const haystack = (row: Database) =>
  [row.name, row.description, row.location, row.owner?.name, row.owner?.account_id, accessText(row.access)]
    .join(' ')
    .toLowerCase();

/** All databases of the central catalogue that the signed-in person may see. */
export default function CataloguePage(): ReactNode {
  const { api } = useServices();
  const { rows, state, error, retry } = usePaged(['databases'], (next, signal) => api.databases(next, signal));
  return (
    <>
      <PageHeader title="Catalogue" trail={[]} lede="Find a database or a table, and ask for access to it." />
      {error !== null && (
        <Problem
          error={error}
          header={rows.length === 0 ? 'The databases cannot be shown' : `Only ${rows.length} databases are shown`}
          onRetry={retry}
        />
      )}
      {(error === null || rows.length > 0) && (
        <ListTable
          title="Databases"
          thing="database"
          rows={rows}
          state={state}
          keyOf={(row) => row.name}
          haystack={haystack}
          columns={COLUMNS}
          narrowColumns={NARROW}
          placeholder="Search databases"
          empty={
            <Empty title="There is no database here yet">
              Either the catalogue is empty, or nothing in it is shown to you. The platform team can change that.
            </Empty>
          }
        />
      )}
    </>
  );
}
