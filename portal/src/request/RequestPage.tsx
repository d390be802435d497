import Alert from '@cloudscape-design/components/alert';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useLocation, useParams } from 'react-router';
import { type Detail, isOpen } from '../api/types';
import { useServices } from '../app/services';
import { GoButton } from '../shared/GoButton';
import { PartCard } from '../shared/PartCard';
import { RestButton } from '../shared/RestButton';
import { leavesOut } from '../shared/part';
import { PageHeader } from '../shared/PageHeader';
import { Problem } from '../shared/Problem';
import { RequestStatus, statusText } from '../shared/RequestStatus';
import { nameOf } from '../shared/format';
import { askPath } from '../shared/paths';
import { GrantedCard, GroundsCard, RequestFacts, narrowedText } from './cards';
import { RenewalCard } from '../share/RenewalCard';
import { ShareCard } from '../share/ShareCard';
import { accessOf, endedText, hasEnded } from '../share/life';
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
  const { wasOpen = false } = (useLocation().state ?? {}) as { wasOpen?: boolean };
  return (
    <>
      <PageHeader
        title={request ? `Request for ${nameOf(request.source)}` : 'Request'}
        trail={[{ text: 'Requests', href: '/requests' }]}
        mark={request && <Mark request={request} />}
        actions={request && <AskAgain request={request} />}
      />
      {query.error && (
        <Problem
          error={query.error}
          header={request ? 'This may be out of date' : 'The request cannot be shown'}
          onRetry={() => void query.refetch()}
          texts={{
            'not-found':
              'There is no such request, or it is somebody else’s. Only its requester, the owner of the data, auditors and operators see one.',
          }}
        />
      )}
      <p role="status" className="ls-hidden">
        {request ? `Status: ${statusOf(request)}` : ''}
      </p>
      {wasOpen && (
        <Alert type="info" header="You have asked for this already">
          This is your open request for the same data and account. Nothing new was sent.
        </Alert>
      )}
      {request ? <Body request={request} /> : !query.error && <RequestSkeleton />}
    </>
  );
}

function Body({ request }: { request: Detail }): ReactNode {
  return (
    <>
      <Verdict request={request} />
      <div className={request.share !== null || request.status === 'SHARED' ? 'ls-pair' : 'ls-pair ls-aside-first'}>
        <div className="ls-column">
          {request.share !== null && <ShareCard request={request} share={request.share} />}
          {request.renews !== null && <RenewalCard request={request} renews={request.renews} />}
          <NextSteps request={request} />
          <GrantedCard request={request} />
          <RequestFacts request={request} />
          <PartOf request={request} />
          <GroundsCard request={request} />
        </div>
        <div className="ls-column ls-aside">
          <Timeline request={request} />
        </div>
      </div>
    </>
  );
}

/** Which part of a table it is for. */
function PartOf({ request }: { request: Detail }): ReactNode {
  const { in_brief: brief, source, mine, id, decision } = request;
  const rows = request.classification?.extent?.row_filter ?? null;
  if (brief === undefined || source?.table === '*') return null;
  const asks = mine && source !== null && leavesOut(brief);
  return (
    <PartCard
      title="Which part of the table"
      brief={brief}
      extent={
        decision?.columns === undefined
          ? request.classification?.extent
          : { columns: decision.columns, row_filter: rows }
      }
      effective={request.classification?.effective}
      note={narrowedText(request)}
      {...(asks && { action: <RestButton source={source} id={id} /> })}
    />
  );
}

/** Where the request stands; of one that was shared, what has become of that. */
function Mark({ request }: { request: Detail }): ReactNode {
  const access = accessOf(request);
  if (request.status !== 'SHARED' || access === null || !hasEnded(access)) {
    return <RequestStatus status={request.status} />;
  }
  return (
    <StatusIndicator type={access.status === 'REVOKED' ? 'stopped' : 'in-progress'}>
      {endedText(access)}
    </StatusIndicator>
  );
}

function statusOf(request: Detail): string {
  const access = accessOf(request);
  return request.status === 'SHARED' && access !== null && hasEnded(access)
    ? endedText(access)
    : statusText(request.status);
}

function AskAgain({ request }: { request: Detail }): ReactNode {
  const { source, status } = request;
  if (source === null || isOpen(status) || (status === 'SHARED' && !hasEnded(accessOf(request)))) return undefined;
  return (
    <GoButton variant="normal" href={askPath(source.database, source.table)}>
      Ask again
    </GoButton>
  );
}

/** Seconds matter while machines work on it; nobody notices ten while a person decides. */
function pollAfter(request: Detail | undefined): number | false {
  if (request === undefined) return false;
  if (request.share?.status === 'GRANTING' || request.share?.status === 'REVOKING') return 3000;
  if (!isOpen(request.status)) return false;
  if (request.status !== 'WAITING') return 1500;
  const age = Date.now() - Date.parse(request.received_at);
  return age < 10 * 60_000 ? 3000 : 10_000;
}
