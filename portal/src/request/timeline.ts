import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Detail, HistoryEntry, Status } from '../api/types';
import { counted, endOf, moment, ownerText } from '../shared/format';

export interface Step {
  status: StatusIndicatorProps.Type;
  title: string;
  /** Empty: it has not happened yet. */
  at: string;
  by: string;
  /** A sentence of ours. */
  text: string;
  /** What a person wrote, to be shown as theirs. */
  quote: string;
}

/** What has happened to a request, step by step, and what it waits for. */
export function timelineOf(request: Detail): Step[] {
  const life = (request.share?.history ?? []).filter(({ event }) => !(event in ALSO_THE_REQUESTS));
  return [...request.history.map((entry) => stepOf(entry, request)), ...pending(request), ...life.map(stepOfShare)];
}

/** Lines of a share's history which its request has, too, in its own words. */
const ALSO_THE_REQUESTS = { Granting: true, Active: true };

const OF_SHARE: Readonly<Record<string, readonly [StatusIndicatorProps.Type, string] | undefined>> = {
  Granting: ['in-progress', 'Being shared'],
  Active: ['success', 'Shared'],
  Warned: ['warning', 'Its end is near'],
  Renewed: ['success', 'Renewed'],
  Expired: ['stopped', 'Its time was over'],
  GivenBack: ['stopped', 'Given back'],
  Revoked: ['stopped', 'Revoked'],
  Held: ['stopped', 'Held'],
  NotShared: ['stopped', 'Taken back, as the request did not end as shared'],
  CatalogueChanged: ['stopped', 'Taken back, as the data changed'],
  NewPersonalData: ['stopped', 'Taken back, as personal data appeared'],
  Adopted: ['success', 'Adopted: it was granted past Lakeshare'],
  Replaced: ['stopped', 'Replaced by a newer share'],
  Ended: ['stopped', 'Nothing of it is granted any more'],
};

/** What people said with the end of a share is theirs; all else is ours. */
const SAID: ReadonlySet<string> = new Set(['GivenBack', 'Revoked', 'Held', 'Adopted']);

/** A line of a share's history. */
export function stepOfShare({
  event,
  at,
  by,
  detail,
}: {
  event: string;
  at: string;
  by?: string;
  detail?: string;
}): Step {
  const [status, title] = OF_SHARE[event] ?? ['info', event];
  const said = SAID.has(event);
  return {
    status,
    title,
    at: moment(at),
    by: by ?? '',
    text: said ? '' : readable(detail ?? ''),
    quote: said ? (detail ?? '') : '',
  };
}

/** What the ledger says of an end, in the words of the page. */
function readable(detail: string): string {
  return detail.replace(/^(?:It ends|Until) (\S+Z)\.$/, (_, until: string) => `Access until ${endOf(until)}.`);
}

function stepOf({ event, at, by, detail }: HistoryEntry, request: Detail): Step {
  const step = { at: moment(at), by: by ?? '', text: detail ?? '', quote: '' };
  switch (event) {
    case 'Received':
      return { ...step, status: 'success', title: 'Received' };
    case 'Classified':
      return { ...step, status: 'success', title: 'Looked up in the catalogue' };
    case 'ApprovalRequested':
      return {
        ...step,
        status: 'success',
        title: 'Sent for approval',
        text: `To ${ownerText(request.owner)}. ${mailed(step.text)}`,
      };
    case 'KeyDied':
      return {
        ...step,
        status: 'warning',
        title: 'The links of a mail were locked',
        text: 'Too many wrong addresses were typed with them. The owner is mailed new ones, three times at most.',
      };
    case 'NewKeyWanted':
      return { ...step, status: 'info', title: 'Another mail was asked for', text: 'By the platform team.' };
    case 'AutomaticallyApproved':
      return { ...step, status: 'success', title: 'No approval needed', text: step.text || 'It is shared at once.' };
    case 'Approved':
      return decided({ ...step, status: 'success', title: 'Approved' }, request);
    case 'Denied':
      return decided({ ...step, status: 'stopped', title: 'Denied' }, request);
    case 'CatalogueChanged':
      return {
        ...step,
        status: 'warning',
        title: 'The data changed meanwhile',
        text: step.text || 'So it is looked up again, and sent to the owner again if need be.',
      };
    case 'AlreadyShared':
      return { ...step, status: 'info', title: 'The account had it already' };
    case 'Renewed':
      return { ...step, status: 'success', title: 'The end of the access moved', text: readable(step.text) };
    case 'Shared':
      return { ...step, status: 'success', title: 'Shared', text: request.message ?? '' };
    case 'Expired':
      return { ...step, status: 'stopped', title: 'Nobody decided in time', text: '' };
    case 'Refused':
      return { ...step, status: 'warning', title: 'Refused', text: '' };
    case 'Failed':
      return { ...step, status: 'error', title: 'Failed', text: '' };
    default:
      return { ...step, status: 'info', title: event };
  }
}

function mailed(text: string): string {
  return text.replace(/\b(\d+) approver\(s\)/, (_, count: string) => counted(Number(count), 'approver'));
}

/** What stands behind the address of a decision. */
const BEHIND: Record<NonNullable<Detail['decision']>['decided_by'], string> = {
  mailbox: 'From a mailbox that the mail went to. It may be a list’s.',
  'signed-in': 'Signed in to the portal.',
  unverified: 'The address was typed in; this owner’s kit could not check it.',
};

/** A decision's step. What the register holds of the decision itself counts; the history stands in for it. */
function decided(step: Step, { decision }: Detail): Step {
  const behind = decision ? BEHIND[decision.decided_by] : '';
  return {
    ...step,
    by: decision?.approver ?? step.by,
    quote: decision?.comment ?? step.text,
    text: behind,
  };
}

const NEXT: Partial<Record<Status, readonly [StatusIndicatorProps.Type, string]>> = {
  RECEIVED: ['in-progress', 'Being looked up in the catalogue'],
  WAITING: ['pending', 'Waiting for the decision'],
  SHARING: ['in-progress', 'Being shared'],
};

function pending(request: Detail): Step[] {
  const next = NEXT[request.status];
  if (next === undefined) return [];
  const until = request.status === 'WAITING' ? moment(request.expires_at) : '';
  const text =
    until === '' ? '' : `If nobody decides by ${until}, nothing ${request.remains === '' ? '' : 'more '}is shared.`;
  const title = request.status === 'WAITING' && request.mail_due_at !== null ? 'Waiting to be mailed' : next[1];
  return [{ status: next[0], title, at: '', by: '', text, quote: '' }];
}
