import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { type Detail, isOpen } from '../api/types';
import { useServices } from '../app/services';
import { GoButton } from '../shared/GoButton';
import { PageHeader } from '../shared/PageHeader';
import { Problem } from '../shared/Problem';
import { RequestStatus, statusText } from '../shared/RequestStatus';
import { nameOf } from '../shared/format';
import { askPath } from '../shared/paths';
import { GrantedCard, GroundsCard, RequestFacts } from './cards';
import { NextSteps } from './NextSteps';
import { RequestSkeleton } from './RequestSkeleton';
import { Timeline } from './Timeline';
import { Verdict } from './Verdict';

/** One request: where it stands, what happened, what was granted, what to do next. */
export default function RequestPage(): ReactNode {
  const { id = '' } = useParams();
  const { api } = useServices();
  const query = useQuery({
    queryKey: ['request', id],
    queryFn: ({ signal }) => api.get(id, signal),
    staleTime: 1000,
    refetchInterval: ({ state }) => pollAfter(state.data),
  });
  const request = query.data;
  return (
    <>
      <PageHeader
        title={request ? `Request for ${nameOf(request.source)}` : 'Request'}
        trail={[{ text: 'Requests', href: '/requests' }]}
        mark={request && <RequestStatus status={request.status} />}
        actions={request && <AskAgain request={request} />}
      />
      {query.error && (
        <Problem
          error={query.error}
          header={request ? 'This may be out of date' : 'The request cannot be shown'}
          onRetry={() => void query.refetch()}
          texts={{
            'not-found': 'There is no such request, or it is somebody else’s. Only its requester and auditors see one.',
          }}
        />
      )}
      <p role="status" className="ls-hidden">
        {request ? `Status: ${statusText(request.status)}` : ''}
      </p>
      {request ? <Body request={request} /> : !query.error && <RequestSkeleton />}
    </>
  );
}

function Body({ request }: { request: Detail }): ReactNode {
  return (
    <>
      <Verdict request={request} />
      <div className={request.status === 'SHARED' ? 'ls-pair' : 'ls-pair ls-aside-first'}>
        <div className="ls-column">
          <NextSteps request={request} />
          <GrantedCard request={request} />
          <RequestFacts request={request} />
          <GroundsCard request={request} />
        </div>
        <div className="ls-column ls-aside">
          <Timeline request={request} />
        </div>
      </div>
    </>
  );
}

function AskAgain({ request }: { request: Detail }): ReactNode {
  const { source, status } = request;
  if (source === null || isOpen(status) || status === 'SHARED') return undefined;
  return (
    <GoButton variant="normal" href={askPath(source.database, source.table)}>
      Ask again
    </GoButton>
  );
}

/** Seconds matter while machines work on it; nobody notices ten while a person decides. */
function pollAfter(request: Detail | undefined): number | false {
  if (request === undefined || !isOpen(request.status)) return false;
  if (request.status !== 'WAITING') return 1500;
  const age = Date.now() - Date.parse(request.received_at);
  return age < 10 * 60_000 ? 3000 : 10_000;
}
