import Alert, { type AlertProps } from '@cloudscape-design/components/alert';
import type { ReactNode } from 'react';
import type { Detail } from '../api/types';
import { moment, nameOf, ownerText } from '../shared/format';
import { curesOf } from './reasons';

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
        text: `The owner has a mail and decides by ${moment(request.expires_at)}. You need not keep this page open.`,
      };
    case 'SHARING':
      return { type: 'info', header: 'Being shared', text: `Account ${account} gets access just now.` };
    case 'SHARED':
      return {
        type: 'success',
        header: `${nameOf(request.source)} is shared with ${account}`,
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
        text: `Nothing was shared. Talk to ${owner}, and ask again.`,
      };
    case 'REFUSED':
      return { type: 'warning', header: 'It cannot be shared like this', text: request.message ?? '' };
    case 'FAILED':
      return { type: 'error', header: 'Something failed', text: request.message ?? '' };
    default:
      return { type: 'info', header: request.status, text: request.message ?? '' };
  }
}

function whyShared(request: Detail): string {
  return request.decision === null
    ? 'Nothing in it is personal data, so no approval was needed.'
    : 'Its owner approved.';
}
