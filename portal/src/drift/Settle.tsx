import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { ApiError } from '../api/problem';
import type { DriftFinding, FindingAction } from '../api/types';
import { useServices } from '../app/services';
import { Problem } from '../shared/Problem';
import { ACTIONS } from './wording';

const LONGEST_REASON = 1000;

interface Props {
  finding: DriftFinding;
  action: FindingAction;
  onClose: () => void;
}

/** Says once more what a button does, and asks why. */
export function Settle({ finding, action, onClose }: Props): ReactNode {
  const { api } = useServices();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [checked, setChecked] = useState(false);
  const field = useRef<TextareaProps.Ref>(null);
  const { label, does } = ACTIONS[action];
  const settled = useMutation({
    mutationFn: () => api.settle(finding.id, { action, digest: finding.digest, reason: reason.trim() }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['findings'] });
      onClose();
    },
  });
  const refused =
    settled.error instanceof ApiError ? settled.error.fields.find(({ field: name }) => name === 'reason') : undefined;
  const send = () => {
    setChecked(true);
    if (errorOf(reason) !== '') field.current?.focus();
    else if (!settled.isPending) settled.mutate();
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
        <FormField
          label="Why?"
          description="It is kept with the finding."
          constraintText={`${reason.length} of ${LONGEST_REASON} characters`}
          errorText={refused?.message ?? (checked ? errorOf(reason) : '')}
        >
          <Textarea
            ref={field}
            value={reason}
            rows={3}
            ariaRequired
            onChange={({ detail }) => {
              setReason(detail.value);
              if (settled.error) settled.reset();
            }}
          />
        </FormField>
        {settled.error !== null && refused === undefined && (
          <Problem error={settled.error} header="It was not settled" onRetry={send} />
        )}
      </div>
    </Modal>
  );
}

function errorOf(reason: string): string {
  if (reason.length > LONGEST_REASON) return `A reason has at most ${LONGEST_REASON} characters.`;
  return reason.trim() === '' ? 'Say why, for whoever looks at it later.' : '';
}
