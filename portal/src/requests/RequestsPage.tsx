import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { type View, isOpen } from '../api/types';
import { usePerson, useServices } from '../app/services';
import { Empty } from '../shared/Empty';
import { GoButton } from '../shared/GoButton';
import { PageHeader } from '../shared/PageHeader';
import { PagedTable } from '../shared/PagedTable';
import { Problem } from '../shared/Problem';
import { useCursor } from '../shared/useCursor';
import { columnsFor, narrowColumnsFor } from './columns';
import { AuditorFilter, viewOf } from './views';

const POLL_MS = 4000;

/** The signed-in person's requests; auditors also see those for an account, or of a status. */
export default function RequestsPage(): ReactNode {
  const { isAuditor } = usePerson();
  const [params, setParams] = useSearchParams();
  const view = viewOf(params, isAuditor);
  return (
    <>
      <PageHeader
        title="Requests"
        trail={[]}
        lede={view?.kind === 'mine' ? 'What you have asked for, newest first.' : 'Everybody’s requests, newest first.'}
      />
      {isAuditor && <AuditorFilter params={params} onChange={setParams} />}
      {view === null ? (
        <div className="ls-card">
          <Empty title="Which account?">Type the 12 digits of an account to see what was asked for it.</Empty>
        </div>
      ) : (
        <RequestsList key={JSON.stringify(view)} view={view} />
      )}
    </>
  );
}

function RequestsList({ view }: { view: View }): ReactNode {
  const { api } = useServices();
  const cursor = useCursor();
  const query = useQuery({
    queryKey: ['requests', view, cursor.token],
    queryFn: ({ signal }) => api.list(view, cursor.token, signal),
    placeholderData: keepPreviousData,
    staleTime: 2000,
    // Live while something is open; whoever waits in another tab is served when they come back.
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => isOpen(status)) ? POLL_MS : false),
  });
  const mine = view.kind === 'mine';
  if (query.error && query.data === undefined) {
    return (
      <Problem
        error={query.error}
        header="The requests cannot be shown"
        onRetry={() => void query.refetch()}
        texts={{ forbidden: 'Only auditors see everybody’s requests.' }}
      />
    );
  }
  const rows = query.data?.items;
  return (
    <>
      {query.error && (
        <Problem error={query.error} header="The list may be out of date" onRetry={() => void query.refetch()} />
      )}
      <Changes rows={rows} />
      <PagedTable
        title={mine ? 'My requests' : 'Requests found'}
        description="Kept up to date while a request is open."
        rows={rows}
        next={query.data?.next ?? null}
        cursor={cursor}
        keyOf={(row) => row.id}
        columns={columnsFor(view)}
        narrowColumns={narrowColumnsFor(view)}
        empty={
          mine ? (
            <Empty
              title="You have not asked for anything yet"
              action={<GoButton href="/">Find data in the catalogue</GoButton>}
            >
              What you ask for appears here, with everything that becomes of it.
            </Empty>
          ) : (
            <Empty title="No request was found">There is none for this account, or with this status.</Empty>
          )
        }
      />
    </>
  );
}

/** Says aloud which requests have changed since the list was last looked at. */
function Changes({
  rows,
}: {
  rows: readonly { id: string; status: string; message: string | null }[] | undefined;
}): ReactNode {
  const before = useRef(new Map<string, string>());
  const said = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (rows === undefined) return;
    const changed = rows.filter(({ id, status }) => before.current.has(id) && before.current.get(id) !== status);
    if (changed.length > 0 && said.current) {
      said.current.textContent =
        changed.length === 1
          ? (changed[0]?.message ?? 'A request has changed.')
          : `${changed.length} requests have changed.`;
    }
    before.current = new Map(rows.map(({ id, status }) => [id, status]));
  }, [rows]);
  return <p ref={said} role="status" className="ls-hidden" />;
}
