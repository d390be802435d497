import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { type View, isOpen } from '../api/types';
import { useServices } from '../app/services';
import { PagedTable } from '../shared/PagedTable';
import { Problem } from '../shared/Problem';
import { useCursor } from '../shared/useCursor';
import { columnsFor, narrowColumnsFor } from './columns';

const POLL_MS = 4000;

interface Props {
  view: View;
  title: string;
  empty: ReactNode;
}

/** A list of requests, page by page, kept up to date. Made anew for each view: give it a key. */
export function RequestsList({ view, title, empty }: Props): ReactNode {
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
        title={title}
        description="Kept up to date while a request is open."
        rows={rows}
        next={query.data?.next ?? null}
        cursor={cursor}
        keyOf={(row) => row.id}
        columns={columnsFor(view)}
        narrowColumns={narrowColumnsFor(view)}
        empty={empty}
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
