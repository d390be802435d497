import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { ListedStatus } from '../api/types';

const LOOKS: Record<ListedStatus, readonly [StatusIndicatorProps.Type, string]> = {
  RECEIVED: ['in-progress', 'Received'],
  WAITING: ['pending', 'Waiting for approval'],
  SHARING: ['in-progress', 'Sharing'],
  SHARED: ['success', 'Shared'],
  DENIED: ['stopped', 'Denied'],
  EXPIRED: ['stopped', 'Expired'],
  REFUSED: ['warning', 'Refused'],
  FAILED: ['error', 'Failed'],
  UNREADABLE: ['error', 'Cannot be read'],
};

export function statusText(status: ListedStatus): string {
  return LOOKS[status]?.[1] ?? status;
}

/** Where a request stands: sign, colour and word. */
export function RequestStatus({ status }: { status: ListedStatus }): ReactNode {
  // A stack that is newer than the page may know more statuses.
  const [type, text] = LOOKS[status] ?? ['info', status];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}
