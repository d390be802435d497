import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { PortalError } from '../shared/errors';
import type { Question } from '../api/types';
import { useServices } from '../app/services';
import { GroundsCard } from '../request/cards';
import { RequestSkeleton } from '../request/RequestSkeleton';
import { GoButton } from '../shared/GoButton';
import { PageHeader } from '../shared/PageHeader';
import { Problem } from '../shared/Problem';
import { RequestStatus } from '../shared/RequestStatus';
import { counted, dayOf, moment, nameOf } from '../shared/format';
import { DECISIONS } from '../shared/paths';
import { DecideForm } from './DecideForm';
import { AlreadyCard, AskedFacts, GainsCard } from './cards';

/** One request, for those who decide on it: what is asked, what the account has, what an approval would add. */
export default function DecisionPage(): ReactNode {
  const { id = '' } = useParams();
  const { api } = useServices();
  const query = useQuery({
    queryKey: ['decision', id],
    queryFn: ({ signal }) => api.question(id, signal),
    staleTime: 2000,
  });
  const question = query.data;
  return (
    <>
      <PageHeader
        title={question ? `Decide on ${nameOf(question.source)}` : 'Decide'}
        trail={[{ text: 'To decide', href: DECISIONS }]}
        mark={question && !isDecided(question) && <RequestStatus status={question.status} />}
      />
      {query.error && (
        <Problem
          error={query.error}
          header={question ? 'This may be out of date' : 'The request cannot be shown'}
          onRetry={() => void query.refetch()}
          texts={{
            'not-found': 'There is no such request, or you do not answer for its data.',
            ...(query.error instanceof PortalError ? { forbidden: query.error.message } : {}),
          }}
        />
      )}
      {question ? <Body question={question} /> : !query.error && <RequestSkeleton />}
    </>
  );
}

/** Whether somebody has decided, and the workflow has not gone on yet: it waits for nobody any more. */
function isDecided({ status, decision }: Question): boolean {
  return status === 'WAITING' && decision !== null;
}

function Body({ question }: { question: Question }): ReactNode {
  const waits = question.status === 'WAITING' && question.decision === null;
  return (
    <>
      {question.round > 1 && waits && (
        <Alert type="warning" header="The data changed">
          The catalogue changed since this was first asked. Please look again: an earlier decision does not count.
        </Alert>
      )}
      {!waits && <Outcome question={question} />}
      <div className={waits ? 'ls-pair' : ''}>
        <div className="ls-column">
          <AskedFacts question={question} />
          <GainsCard question={question} />
          <AlreadyCard question={question} />
          <GroundsCard request={question} />
        </div>
        {waits && (
          <div className="ls-column ls-aside">
            <DecideForm key={question.round} question={question} />
          </div>
        )}
      </div>
    </>
  );
}

/** What became of it, where it does not wait any more. */
function Outcome({ question }: { question: Question }): ReactNode {
  const { decision, status, message, remains } = question;
  if (decision === null) {
    return (
      <Alert
        type="info"
        header={status === 'RECEIVED' || status === 'SHARING' ? 'It is being worked on' : 'It waits no more'}
      >
        {message ||
          remains ||
          'If it needs a decision after that, you get a mail, and it stands among what waits for you.'}
      </Alert>
    );
  }
  const did = decision.action === 'approve' ? 'approved' : 'denied';
  return (
    <Alert
      type={decision.action === 'approve' ? 'success' : 'info'}
      header={`This request was ${did}`}
      action={
        <GoButton variant="normal" href={DECISIONS}>
          See what waits
        </GoButton>
      }
    >
      <span className="ls-break">
        {decision.approver} {did} it on {moment(decision.at)}
        {decision.until === null ? '' : `, until ${dayOf(decision.until)}`}
        {decision.columns === undefined ? '' : `, for ${counted(decision.columns.length, 'column')} only`}. The first
        decision counts. {message}
      </span>
      {decision.comment !== '' && <blockquote className="ls-quote ls-break">{decision.comment}</blockquote>}
    </Alert>
  );
}
