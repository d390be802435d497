import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import type { ExecutionStatus } from '../api/types';

const LOOKS: Record<ExecutionStatus, readonly [StatusIndicatorProps.Type, string]> = {
  RUNNING: ['in-progress', 'Running'],
  SUCCEEDED: ['success', 'Succeeded'],
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
