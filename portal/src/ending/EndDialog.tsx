import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Outcome } from '../api/types';
import { Problem } from '../shared/Problem';
import { ReasonField, useReason } from '../shared/ReasonField';
import { AFTERWARDS } from '../share/life';
import { Foreseen } from './Foreseen';

export interface Ending {
  title: string;
  /** What it does, in a sentence or two. */
  text: string;
  /** On the button that does it. */
  verb: string;
  /** What it is called when it could not be done. */
  failed: string;
  /** Says what would end, or does it. */
  run: (reason: string, dryRun: boolean) => Promise<Outcome>;
  /** Nothing ends by it, so there is nothing to look at first. */
  harmless?: boolean;
}

interface Props {
  ending: Ending;
  onClose: () => void;
}

/** Asks why, shows what would end and what would stay, and only then does it. */
export function EndDialog({ ending, onClose }: Props): ReactNode {
  const queries = useQueryClient();
  const look = useMutation({ mutationFn: (reason: string) => ending.run(reason, true) });
  const act = useMutation({
    mutationFn: (reason: string) => ending.run(reason, false),
    onSuccess: async () => {
      await Promise.all(
        ['shares', 'share', 'holds', 'changes'].map((name) => queries.invalidateQueries({ queryKey: [name] })),
      );
      onClose();
    },
  });
  const seen = ending.harmless === true || look.data !== undefined;
  const failed = act.error ?? look.error;
  const reason = useReason(failed, () => {
    if (failed === null) return;
    act.reset();
    look.reset();
  });
  const go = () => {
    if (!reason.check() || act.isPending || look.isPending) return;
    if (seen) act.mutate(reason.text);
    else look.mutate(reason.text);
  };
  return (
    <Modal
      visible
      size="medium"
      header={ending.title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <div className="ls-buttons ls-end">
          <Button variant="link" onClick={onClose}>
            Leave it
          </Button>
          <Button variant="primary" loading={act.isPending || look.isPending} loadingText="One moment" onClick={go}>
            {seen ? ending.verb : 'See what would end'}
          </Button>
        </div>
      }
    >
      <div className="ls-fields">
        <p>{ending.text}</p>
        <ReasonField
          field={reason.field}
          description="On one line. It is kept in the history of all that it ends, with your address."
          oneLine
        />
        <div aria-live="polite">{look.data !== undefined && <Foreseen outcome={look.data} />}</div>
        {look.data !== undefined && <p className="ls-quiet">{AFTERWARDS}</p>}
        {failed !== null && !reason.refused && <Problem error={failed} header={ending.failed} onRetry={go} />}
      </div>
    </Modal>
  );
}
