import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { ApiError } from '../api/problem';
import type { Share, Source } from '../api/types';
import { useServices } from '../app/services';
import { Problem } from '../shared/Problem';
import { nameOf } from '../shared/format';
import { AFTERWARDS } from './life';

const LONGEST_REASON = 1000;

interface Props {
  share: { id: string };
  source: Source | null;
  account: string;
  /** With the share as it then stands. */
  onGiven: (after: Share) => void;
  onClose: () => void;
}

/** Asks once more whether a share is to be given back, and why. */
export function GiveBack({ share, source, account, onGiven, onClose }: Props): ReactNode {
  const { api } = useServices();
  const [reason, setReason] = useState('');
  const [checked, setChecked] = useState(false);
  const field = useRef<TextareaProps.Ref>(null);
  const given = useMutation({
    mutationFn: () => api.giveBack(share.id, reason.trim()),
    onSuccess: (after) => {
      onGiven(after);
      onClose();
    },
  });
  const refused =
    given.error instanceof ApiError ? given.error.fields.find(({ field: name }) => name === 'reason') : null;
  const error = checked ? errorOf(reason) : '';
  const send = () => {
    setChecked(true);
    if (errorOf(reason) !== '') field.current?.focus();
    else if (!given.isPending) given.mutate();
  };
  return (
    <Modal
      visible
      header={`Give back ${nameOf(source)}?`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <div className="ls-buttons ls-end">
          <Button variant="link" onClick={onClose}>
            Keep it
          </Button>
          <Button variant="primary" loading={given.isPending} loadingText="Giving it back" onClick={send}>
            Give it back
          </Button>
        </div>
      }
    >
      <div className="ls-fields">
        <p>
          Account {account} can no longer read it from then on, and neither can those whom it handed it on to.{' '}
          {AFTERWARDS} To have it again, you ask again.
        </p>
        <FormField
          label="Why?"
          description="It is kept with the share."
          constraintText={`${reason.length} of ${LONGEST_REASON} characters`}
          errorText={refused?.message ?? error}
        >
          <Textarea
            ref={field}
            value={reason}
            rows={3}
            ariaRequired
            onChange={({ detail }) => {
              setReason(detail.value);
              if (given.error) given.reset();
            }}
          />
        </FormField>
        {given.error !== null && refused == null && (
          <Problem
            error={given.error}
            header="It was not given back"
            onRetry={send}
            texts={{ conflict: 'It is being granted just now. Try again in a minute.' }}
          />
        )}
      </div>
    </Modal>
  );
}

function errorOf(reason: string): string {
  if (reason.length > LONGEST_REASON) return `A reason has at most ${LONGEST_REASON} characters.`;
  return reason.trim() === '' ? 'Say why, for whoever looks at it later.' : '';
}
