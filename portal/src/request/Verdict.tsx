import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import type { ReactNode } from 'react';
import type { Detail } from '../api/types';
import { moment, nameOf, ownerText } from '../shared/format';
import { accessOf, hasEnded } from '../share/life';
import { curesOf } from './reasons';

const ENDED = 'That has ended; what there is to say of it is below.';

interface Words {
  type: AlertProps.Type;
  header: string;
  text: string;
}

/** Where the request stands, in one box: what it means, and who has to do something. */
export function Verdict({ request }: { request: Detail }): ReactNode {
  const { type, header, text } = wordsFor(request);
  const cure = curesOf(request);
  return (
    <Alert type={type} header={header}>
      <span className="ls-break">{text}</span>
      {request.remains !== '' && <p className="ls-break">{request.remains}</p>}
      {cure !== '' && <p>{cure}</p>}
    </Alert>
  );
}

function wordsFor(request: Detail): Words {
  const owner = ownerText(request.owner);
  const account = request.target?.account_id ?? 'the account';
  switch (request.status) {
    case 'RECEIVED':
      return { type: 'info', header: 'Received', text: 'It is being looked up in the catalogue. This takes seconds.' };
    case 'WAITING':
      return {
        type: 'info',
        header: `Waiting for ${owner}`,
        text: `${mailText(request)} decides by ${moment(request.expires_at)}. You need not keep this page open.`,
      };
    case 'SHARING':
      return { type: 'info', header: 'Being shared', text: `Account ${account} gets access just now.` };
    case 'SHARED':
      if (hasEnded(accessOf(request))) {
        return { type: 'info', header: `${nameOf(request.source)} was shared with ${account}`, text: ENDED };
      }
      return {
        type: 'success',
        header: `${request.in_brief ? 'Part of ' : ''}${nameOf(request.source)} is shared with ${account}`,
        text: whyShared(request),
      };
    case 'DENIED':
      return {
        type: 'warning',
        header: `${owner} said no`,
        text: request.decision?.comment
          ? 'Their comment is below.'
          : 'They gave no comment. Talk to them, and ask again.',
      };
    case 'EXPIRED':
      return {
        type: 'warning',
        header: 'Nobody decided in time',
        text: `Talk to ${owner}, and ask again.`,
      };
    case 'REFUSED':
      return { type: 'warning', header: 'It cannot be shared like this', text: request.message ?? '' };
    case 'FAILED':
      return { type: 'error', header: 'Something failed', text: request.message ?? '' };
    default:
      return { type: 'info', header: request.status, text: request.message ?? '' };
  }
}

/** Whether the owner, who decides, knows of it yet. */
function mailText({ mail_due_at: due }: Detail): string {
  return due === null ? 'The owner has a mail and' : `The mail to the owner is sent about ${moment(due)}. The owner`;
}

function whyShared(request: Detail): string {
  if (request.history.some(({ event }) => event === 'AlreadyShared' || event === 'Renewed'))
    return request.message ?? '';
  return request.decision === null
    ? 'Nothing in it is personal data, so no approval was needed.'
    : 'Its owner approved.';
}
