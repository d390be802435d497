import type { StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Detail, HistoryEntry, Status } from '../api/types';
import { counted, moment, ownerText } from '../shared/format';

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
  return [...request.history.map((entry) => stepOf(entry, request)), ...pending(request)];
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

/** A decision's step. What the register holds of the decision itself counts; the history stands in for it. */
function decided(step: Step, { decision }: Detail): Step {
  const unchecked = decision?.approver_verified === false;
  return {
    ...step,
    by: decision?.approver ?? step.by,
    quote: decision?.comment ?? step.text,
    text: unchecked ? 'The address was typed in; this owner’s kit could not check it.' : '',
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
  const text = until === '' ? '' : `If nobody decides by ${until}, nothing is shared.`;
  return [{ status: next[0], title: next[1], at: '', by: '', text, quote: '' }];
}
