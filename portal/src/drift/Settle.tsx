import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { DriftFinding, FindingAction } from '../api/types';
import { useServices } from '../app/services';
import { Problem } from '../shared/Problem';
import { ReasonField, useReason } from '../shared/ReasonField';
import { ACTIONS } from './wording';

interface Props {
  finding: DriftFinding;
  action: FindingAction;
  onClose: () => void;
}

/** Says once more what a button does, and asks why. */
export function Settle({ finding, action, onClose }: Props): ReactNode {
  const { api } = useServices();
  const queries = useQueryClient();
  const { label, does } = ACTIONS[action];
  const settled = useMutation({
    mutationFn: (reason: string) => api.settle(finding.id, { action, digest: finding.digest, reason }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['findings'] });
      onClose();
    },
  });
  const reason = useReason(settled.error, settled.reset);
  const send = () => {
    if (reason.check() && !settled.isPending) settled.mutate(reason.text);
  };
  return (
    <Modal
      visible
      header={`${label}?`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <div className="ls-buttons ls-end">
          <Button variant="link" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" loading={settled.isPending} loadingText="Sending" onClick={send}>
            {label}
          </Button>
        </div>
      }
    >
      <div className="ls-fields">
        <p className="ls-break">{finding.message}</p>
        <p>{does}</p>
        <ReasonField field={reason.field} description="It is kept with the finding." />
        {settled.error !== null && !reason.refused && (
          <Problem error={settled.error} header="It was not settled" onRetry={send} />
        )}
      </div>
    </Modal>
  );
}
