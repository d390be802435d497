import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { ApiError } from '../api/problem';
import type { Outcome } from '../api/types';
import { Problem } from '../shared/Problem';
import { AFTERWARDS } from '../share/life';
import { Foreseen } from './Foreseen';

const LONGEST_REASON = 1000;

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
  const [reason, setReason] = useState('');
  const [checked, setChecked] = useState(false);
  const field = useRef<InputProps.Ref>(null);
  const look = useMutation({ mutationFn: () => ending.run(reason.trim(), true) });
  const act = useMutation({
    mutationFn: () => ending.run(reason.trim(), false),
    onSuccess: async () => {
      await Promise.all(
        ['shares', 'share', 'holds', 'changes'].map((name) => queries.invalidateQueries({ queryKey: [name] })),
      );
      onClose();
    },
  });
  const seen = ending.harmless === true || look.data !== undefined;
  const failed = act.error ?? look.error;
  const refused = failed instanceof ApiError ? failed.fields.find(({ field: name }) => name === 'reason') : undefined;
  const error = checked ? errorOf(reason) : '';
  const go = () => {
    setChecked(true);
    if (errorOf(reason) !== '') field.current?.focus();
    else if (act.isPending || look.isPending) return;
    else if (seen) act.mutate();
    else look.mutate();
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
        <FormField
          label="Why?"
          description="On one line. It is kept in the history of all that it ends, with your address."
          errorText={refused?.message ?? error}
        >
          <Input
            ref={field}
            value={reason}
            ariaRequired
            onChange={({ detail }) => {
              setReason(detail.value);
              if (failed) {
                act.reset();
                look.reset();
              }
            }}
          />
        </FormField>
        <div aria-live="polite">{look.data !== undefined && <Foreseen outcome={look.data} />}</div>
        {look.data !== undefined && <p className="ls-quiet">{AFTERWARDS}</p>}
        {failed !== null && refused === undefined && <Problem error={failed} header={ending.failed} onRetry={go} />}
      </div>
    </Modal>
  );
}

function errorOf(reason: string): string {
  if (reason.trim().length > LONGEST_REASON) return `A reason has at most ${LONGEST_REASON} characters.`;
  return reason.trim() === '' ? 'Say why, for whoever looks at it later.' : '';
}
