import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { OneShare, Source } from '../api/types';
import { usePerson, useServices } from '../app/services';
import { Problem } from '../shared/Problem';
import { Skeleton } from '../shared/Skeleton';
import { AskForm } from './AskForm';
import type { Draft } from './draft';

/** The form filled in as for a share that has ended. */
export function AgainOf({ source, id }: { source: Source; id: string }): ReactNode {
  const { api } = useServices();
  const { sub } = usePerson();
  const had = useQuery({ queryKey: ['share', id], queryFn: ({ signal }) => api.share(id, signal) });
  if (had.error !== null) {
    return <Problem error={had.error} header="The share cannot be shown" onRetry={() => void had.refetch()} />;
  }
  if (had.data === undefined) return <Skeleton height="20rem" />;
  return (
    <AskForm key={JSON.stringify([sub, id])} source={source} renewal={null} rest={{ id, start: startOf(had.data) }} />
  );
}

function startOf({ account_id: account, part, roles, purpose }: OneShare): Partial<Draft> {
  const columns = part?.columns ?? [];
  return {
    account,
    roles: (roles ?? []).join('\n'),
    partKind: part?.scope === 'safe' ? 'safe' : columns.length > 0 ? 'columns' : 'whole',
    columns,
    rows: part?.filter ?? '',
    purpose: purpose ?? '',
  };
}
