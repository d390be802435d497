import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useParams } from 'react-router';
import type { Database, Table } from '../api/types';
import { useServices } from '../app/services';
import { Empty } from '../shared/Empty';
import { Facts } from '../shared/Facts';
import { GoButton } from '../shared/GoButton';
import { ListTable } from '../shared/ListTable';
import { OwnerName } from '../shared/OwnerName';
import { PageHeader } from '../shared/PageHeader';
import { PersonalBadge } from '../shared/PersonalBadge';
import { Problem } from '../shared/Problem';
import { counted } from '../shared/format';
import { askPath } from '../shared/paths';
import { usePaged } from '../shared/usePaged';
import { haystack, narrowTableColumns, tableColumns } from './columns';

/** One database: what it is, its tables, and the way to ask for all of it. */
export default function DatabasePage(): ReactNode {
  const { database: name = '' } = useParams();
  const { api } = useServices();
  const database = useQuery({
    queryKey: ['database', name],
    queryFn: ({ signal }) => api.database(name, signal),
  });
  const tables = usePaged(['tables', name], (next, signal) => api.tables(name, next, signal));
  const details = database.data;
  const columns = useMemo(() => tableColumns(name), [name]);
  const narrow = useMemo(() => narrowTableColumns(name), [name]);
  return (
    <>
      <PageHeader
        title={name}
        trail={[{ text: 'Catalogue', href: '/' }]}
        actions={
          <GoButton href={askPath(name, '*')} disabledReason={details?.refusal?.message ?? ''}>
            Ask for the whole database
          </GoButton>
        }
      />
      {database.error ? (
        <Problem
          error={database.error}
          header={`Database ${name} cannot be shown`}
          onRetry={() => void database.refetch()}
          texts={{
            'not-found': 'It is not shown to you, or there is no such database. The platform team can change that.',
          }}
        />
      ) : (
        <>
          <DatabaseFacts details={details} tables={tables.rows} state={tables.state} />
          {tables.error !== null && (
            <Problem error={tables.error} header="The tables cannot all be shown" onRetry={tables.retry} />
          )}
          {(tables.error === null || tables.rows.length > 0) && (
            <ListTable
              title="Tables"
              thing="table"
              rows={tables.rows}
              state={tables.state}
              keyOf={(row) => row.name}
              haystack={haystack}
              columns={columns}
              narrowColumns={narrow}
              placeholder="Search tables"
              empty={
                <Empty title="This database has no table">
                  Either it is empty, or its tables are not shown to you. The platform team can change that.
                </Empty>
              }
            />
          )}
        </>
      )}
    </>
  );
}

interface FactsProps {
  details: Database | undefined;
  tables: readonly Table[];
  state: 'loading' | 'growing' | 'done';
}

function DatabaseFacts({ details, tables, state }: FactsProps): ReactNode {
  return (
    <Facts
      tall
      loading={details === undefined}
      facts={[
        { label: 'Description', value: details?.description, wide: true },
        { label: 'Owner', value: details && <OwnerName contact owner={details.owner} nobody="Named by its tables" /> },
        { label: 'Location', value: details?.location && <span className="ls-break">{details.location}</span> },
        { label: 'Personal data', value: details && <PersonalSummary {...{ details, tables, state }} /> },
      ]}
    />
  );
}

/** What decides a request for the whole database: its own flag, or any of its tables. */
function PersonalSummary({ details, tables, state }: FactsProps & { details: Database }): ReactNode {
  const flagged = tables.filter((table) => table.personal !== 'no').length;
  if (details.personal !== 'no') {
    return (
      <span className="ls-stack">
        <PersonalBadge personal={details.personal} />
        <span className="ls-quiet ls-small">The database as a whole is flagged.</span>
      </span>
    );
  }
  if (flagged > 0) {
    return (
      <span className="ls-stack">
        <PersonalBadge personal="yes" />
        <span className="ls-quiet ls-small">{counted(flagged, 'table')} with personal data.</span>
      </span>
    );
  }
  return <span className="ls-quiet">{state === 'done' ? 'None' : 'Reading the tables…'}</span>;
}
