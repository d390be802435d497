import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { ExecutionStatus, ExecutionSummary } from '../api/types';
import { RequestStatus } from '../shared/RequestStatus';

const LOOKS: Record<ExecutionStatus, readonly [StatusIndicatorProps.Type, string]> = {
  RUNNING: ['in-progress', 'Running'],
  // What became of the request is another matter: one that was denied ran just as well.
  SUCCEEDED: ['info', 'Ended'],
  FAILED: ['error', 'Failed'],
  TIMED_OUT: ['error', 'Timed out'],
  ABORTED: ['stopped', 'Aborted'],
  PENDING_REDRIVE: ['pending', 'Waiting to run again'],
};

export function executionStatusText(status: ExecutionStatus): string {
  return LOOKS[status]?.[1] ?? status;
}

export function ExecutionStatusMark({ status }: { status: ExecutionStatus }): ReactNode {
  const [type, text] = LOOKS[status] ?? ['info', status];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

/** What became of an execution's request; where the register knows none, or the execution did not end by itself, how it ran. */
export function Outcome({ of: { status, request } }: { of: ExecutionSummary }): ReactNode {
  if (request === null) return <ExecutionStatusMark status={status} />;
  if (status === 'SUCCEEDED' || status === 'RUNNING') return <RequestStatus status={request.status} />;
  return (
    <span className="ls-stack">
      <RequestStatus status={request.status} />
      <span className="ls-quiet ls-small">Execution: {executionStatusText(status)}</span>
    </span>
  );
}
