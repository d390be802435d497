import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PAGE_SIZE } from '../api/client';
import type { SharesView } from '../api/types';
import { useServices } from '../app/services';
import { PagedTable } from '../shared/PagedTable';
import { Problem } from '../shared/Problem';
import { useCursor } from '../shared/useCursor';
import { type Shown, columnsOf, narrowColumnsOf } from './columns';

const POLL_MS = 4000;

interface Props {
  title: string;
  description?: string;
  view: SharesView;
  shown: readonly Shown[];
  empty: ReactNode;
}

/** A list of shares, page by page. Made anew for each view: give it a key. */
export function SharesTable({ title, description = '', view, shown, empty }: Props): ReactNode {
  const { api } = useServices();
  const cursor = useCursor();
  const has = view.view === 'mine' || view.view === 'account';
  const query = useQuery({
    queryKey: ['shares', view, cursor.token],
    queryFn: ({ signal }) => api.shares(view, cursor.token, PAGE_SIZE, signal),
    placeholderData: keepPreviousData,
    staleTime: 2000,
    // Live while something changes by itself.
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => status === 'GRANTING' || status === 'REVOKING') ? POLL_MS : false,
  });
  if (query.error && query.data === undefined) {
    return <Problem error={query.error} header="The shares cannot be shown" onRetry={() => void query.refetch()} />;
  }
  return (
    <>
      {query.error && (
        <Problem error={query.error} header="The list may be out of date" onRetry={() => void query.refetch()} />
      )}
      <PagedTable
        title={title}
        description={description}
        rows={query.data?.items}
        next={query.data?.next ?? null}
        cursor={cursor}
        keyOf={(row) => row.id}
        columns={columnsOf(shown, view.state === 'ended', has)}
        narrowColumns={narrowColumnsOf(shown, view.state === 'ended', has)}
        empty={empty}
      />
    </>
  );
}
