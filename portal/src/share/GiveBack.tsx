import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Share, Source } from '../api/types';
import { useServices } from '../app/services';
import { Problem } from '../shared/Problem';
import { ReasonField, useReason } from '../shared/ReasonField';
import { nameOf } from '../shared/format';
import { AFTERWARDS } from './life';

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
  const given = useMutation({
    mutationFn: (reason: string) => api.giveBack(share.id, reason),
    onSuccess: (after) => {
      onGiven(after);
      onClose();
    },
  });
  const reason = useReason(given.error, given.reset);
  const send = () => {
    if (reason.check() && !given.isPending) given.mutate(reason.text);
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
        <ReasonField field={reason.field} description="It is kept with the share." />
        {given.error !== null && !reason.refused && (
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
