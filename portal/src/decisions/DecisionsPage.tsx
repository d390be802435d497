import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ToDecide } from '../api/types';
import { useServices } from '../app/services';
import { Empty } from '../shared/Empty';
import { GoButton } from '../shared/GoButton';
import { PartNote } from '../shared/PartNote';
import { PageHeader } from '../shared/PageHeader';
import { PageSkeleton } from '../shared/PageSkeleton';
import { Problem } from '../shared/Problem';
import { TextLink } from '../shared/TextLink';
import { counted, moment, nameOf, ownerText } from '../shared/format';
import { decisionPath, sourcePath } from '../shared/paths';

const POLL_MS = 15_000;

type OfSameData = ToDecide['data'][number];

/** What waits for the signed-in person's decision, requests for the same data together. */
export default function DecisionsPage(): ReactNode {
  const { api } = useServices();
  const query = useQuery({
    queryKey: ['decisions'],
    queryFn: ({ signal }) => api.decisions(signal),
    staleTime: 2000,
    refetchInterval: POLL_MS,
  });
  const list = query.data;
  const waiting = list?.data.reduce((sum, { requests }) => sum + requests.length, 0) ?? 0;
  return (
    <>
      <PageHeader
        title="To decide"
        trail={[]}
        lede="Requests for data that you answer for, and first the data that has waited the longest."
      />
      {query.error && (
        <Problem
          error={query.error}
          header={list ? 'The list may be out of date' : 'What waits for you cannot be shown'}
          onRetry={() => void query.refetch()}
        />
      )}
      <p role="status" className="ls-hidden">
        {list ? `${counted(waiting, 'request')} to decide` : ''}
      </p>
      {list !== undefined && list.unknown.length > 0 && (
        <Alert type="warning" header="There may be more">
          It could not be found out just now whether you answer for the data of account {list.unknown.join(', ')}.
        </Alert>
      )}
      {list === undefined && !query.error && <PageSkeleton />}
      {list?.data.map((group) => (
        <Group key={nameOf(group.source)} group={group} />
      ))}
      {list?.data.length === 0 && (
        <div className="ls-card">
          <Empty title="Nothing waits for you">
            When somebody asks for data that you answer for, you get a mail, and the request stands here.
          </Empty>
        </div>
      )}
      {list?.more === true && <p className="ls-quiet">More requests wait. They stand here once these are decided.</p>}
    </>
  );
}

function Group({ group }: { group: OfSameData }): ReactNode {
  const { source, owner, requests } = group;
  const id = `data-${nameOf(source)}`;
  return (
    <section className="ls-card" aria-labelledby={id}>
      <h2 id={id} className="ls-break">
        {source === null ? nameOf(source) : <TextLink href={sourcePath(source)}>{nameOf(source)}</TextLink>}
      </h2>
      <p className="ls-quiet">
        {source?.table === '*' ? 'The whole database. ' : ''}
        {ownerText(owner)}. {counted(requests.length, 'request')}.
      </p>
      <ul className="ls-waiting">
        {requests.map(({ id: request, target, requester, received_at: at, expires_at: until, in_brief: part }) => (
          <li key={request}>
            <div>
              <p className="ls-strong">For account {target?.account_id ?? 'unknown'}</p>
              {part !== undefined && <PartNote part={part} rest={null} />}
              <p className="ls-break">Asked by {requester?.email ?? 'somebody who started it directly'}</p>
              <p className="ls-quiet">
                {moment(at)}
                {until !== null && `. Please decide by ${moment(until)}`}
              </p>
            </div>
            <GoButton variant="normal" href={decisionPath(request)}>
              Look and decide
              <span className="ls-hidden">
                {' '}
                on {nameOf(source)} for account {target?.account_id}
              </span>
            </GoButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
