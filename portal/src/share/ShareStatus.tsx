import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { ListedShare } from '../api/types';
import { endOf, moment } from '../shared/format';

const LOOKS: Record<ListedShare['status'], readonly [StatusIndicatorProps.Type, string]> = {
  GRANTING: ['in-progress', 'Being shared'],
  ACTIVE: ['success', 'Active'],
  REVOKING: ['in-progress', 'Being taken back'],
  REVOKED: ['stopped', 'Ended'],
  UNREADABLE: ['error', 'Cannot be read'],
};

/** Where a share stands: sign, colour and word. */
export function ShareStatus({ status }: { status: ListedShare['status'] }): ReactNode {
  const [type, text] = LOOKS[status] ?? ['info', status];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

/** Until when a share lasts, or since when it does not. */
export function untilText({ status, until, ended_at: ended }: ListedShare): string {
  if (status === 'UNREADABLE') return '';
  if (ended !== null) return moment(ended);
  return until === null ? 'No end' : upper(endOf(until));
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
