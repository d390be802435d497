import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { type ReactNode, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Source } from '../api/types';
import { usePerson, useServices } from '../app/services';
import { sourcePath } from '../shared/paths';
import { checkAccount, errorOnSending, tidyAccount } from './account';
import { newToken, useDraft } from './draft';
import { checkEnd } from './ending';
import { EndField } from './EndField';
import { PreviewPanel } from './PreviewPanel';
import { SendProblem } from './SendProblem';
import { fieldErrorsOf, useSend } from './useSend';
import { usePreview } from './usePreview';

const LONGEST_PURPOSE = 1000;

/** Account, purpose, what will happen, and the button. */
export function AskForm({ source }: { source: Source }): ReactNode {
  const { config } = useServices();
  const { sub } = usePerson();
  const navigate = useNavigate();
  const { draft, change, sent } = useDraft(sub, source.database, source.table);
  const [checked, setChecked] = useState(false);
  const [left, setLeft] = useState(false);
  const accountField = useRef<InputProps.Ref>(null);
  const endField = useRef<InputProps.Ref>(null);
  const purposeField = useRef<TextareaProps.Ref>(null);
  const send = useSend(source, sent);

  const account = checkAccount(draft.account, config.centralAccount);
  const [latest, setLatest] = useState<string | null>(null);
  const { ending, error: endFault } = checkEnd(draft, latest);
  const preview = usePreview(source, account.valid && ending !== null ? { account: draft.account, ending } : null);
  const known = preview.kind === 'ready' ? preview.preview : null;
  // Of what would be refused the latest day is not told: what was told before holds on.
  if (known !== null && known.outcome !== 'refused' && known.latest_day !== latest) setLatest(known.latest_day);
  const outcome = preview.kind === 'ready' && !preview.stale ? preview.preview.outcome : null;
  const fromServer = fieldErrorsOf(send.error);

  const accountError =
    account.error !== '' || !(checked || left)
      ? account.error
      : draft.account !== '' || checked
        ? errorOnSending(draft.account, config.centralAccount)
        : '';
  const purposeError = purposeErrorOf(draft.purpose, checked && outcome === 'needs_approval');

  const submit = () => {
    setChecked(true);
    if (errorOnSending(draft.account, config.centralAccount) !== '') {
      accountField.current?.focus();
    } else if (purposeErrorOf(draft.purpose, outcome === 'needs_approval') !== '') {
      purposeField.current?.focus();
    } else if (ending === null) {
      endField.current?.focus();
    } else if (!send.isPending && outcome !== 'refused') {
      send.mutate({ ...draft, ending });
    }
  };
  const touch = (part: Parameters<typeof change>[0]) => {
    change(part);
    if (send.error) send.reset();
  };

  return (
    <form
      className="ls-ask-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="ls-card ls-fields">
        <FormField
          label="Account that gets access"
          description="The id of the AWS account in which you work with the data."
          constraintText={account.hint}
          errorText={fromServer.account ?? accountError}
        >
          <Input
            ref={accountField}
            value={draft.account}
            inputMode="numeric"
            autoComplete="off"
            spellcheck={false}
            ariaRequired
            onChange={({ detail }) => {
              touch({ account: tidyAccount(detail.value) });
            }}
            onBlur={() => {
              setLeft(true);
            }}
          />
        </FormField>
        <FormField
          label={
            <span>
              Purpose {outcome !== 'needs_approval' && <span className="ls-quiet ls-weight-normal">– optional</span>}
            </span>
          }
          description={
            outcome === 'grant' || outcome === 'shared'
              ? 'What will you use the data for? It is kept with the request.'
              : 'What will you use the data for? Its owner reads this.'
          }
          constraintText={`${draft.purpose.length} of ${LONGEST_PURPOSE} characters`}
          errorText={fromServer.purpose ?? purposeError}
        >
          <Textarea
            ref={purposeField}
            value={draft.purpose}
            rows={4}
            ariaRequired={outcome === 'needs_approval'}
            onChange={({ detail }) => {
              touch({ purpose: detail.value });
            }}
          />
        </FormField>
        <EndField
          draft={draft}
          preview={known}
          error={fromServer.ending ?? (checked || draft.until.length >= 10 || draft.days !== '' ? endFault : '')}
          field={endField}
          onChange={touch}
        />
        {send.error !== null && fromServer.none && (
          <SendProblem
            error={send.error}
            onRetry={submit}
            onAnew={() => {
              const token = newToken();
              change({ token });
              if (ending !== null) send.mutate({ ...draft, token, ending });
            }}
          />
        )}
        <div className="ls-buttons">
          <Button
            variant="primary"
            formAction="submit"
            loading={send.isPending}
            loadingText="Sending"
            disabled={outcome === 'refused'}
            disabledReason="It cannot be shared like this; what will happen says why."
          >
            {outcome === 'grant' ? 'Get access' : 'Send the request'}
          </Button>
          <Button
            variant="link"
            formAction="none"
            href={sourcePath(source)}
            onFollow={(event) => {
              event.preventDefault();
              void navigate(sourcePath(source));
            }}
          >
            Cancel
          </Button>
        </div>
      </div>
      <PreviewPanel state={preview} source={source} />
    </form>
  );
}

function purposeErrorOf(purpose: string, needed: boolean): string {
  if (purpose.length > LONGEST_PURPOSE) return `A purpose has at most ${LONGEST_PURPOSE} characters.`;
  return needed && purpose.trim() === '' ? 'The owner decides on it: say what you will use the data for.' : '';
}
