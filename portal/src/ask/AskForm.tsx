import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import type { InputProps } from '@cloudscape-design/components/input';
import type { RadioGroupProps } from '@cloudscape-design/components/radio-group';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Source } from '../api/types';
import { useAccounts, useKits } from '../app/me';
import { useTable } from '../table/useTable';
import { usePerson, useServices } from '../app/services';
import { Facts } from '../shared/Facts';
import { endOf, number } from '../shared/format';
import { Problem } from '../shared/Problem';
import { Skeleton } from '../shared/Skeleton';
import { sourcePath } from '../shared/paths';
import { AccountField } from './AccountField';
import { accountAmong, checkAccount, errorOnSending } from './account';
import { type Draft, newToken, useDraft } from './draft';
import { checkEnd, checkLater } from './ending';
import { EndField } from './EndField';
import { DatabasePartField, PartField } from './PartField';
import { type PartFields, checkPart, choicesOf } from './part';
import { PreviewPanel } from './PreviewPanel';
import type { Renewal } from './renewal';
import { RolesField } from './RolesField';
import { checkRoles } from './roles';
import { SendProblem } from './SendProblem';
import { fieldErrorsOf, useSend } from './useSend';
import { usePreview } from './usePreview';

const LONGEST_PURPOSE = 1000;

interface Props {
  source: Source;
  /** The access that goes on for longer; `null`: it is asked for anew. */
  renewal: Renewal | null;
  /** What the form begins with where it is for the columns that something of this id left out. */
  rest?: { id: string; start: Partial<Draft> };
}

/** Account, purpose, end, what will happen, and the button. */
export function AskForm({ source, renewal, rest }: Props): ReactNode {
  const { config } = useServices();
  const { sub } = usePerson();
  const navigate = useNavigate();
  const about = renewal === null ? [source.database, source.table] : [renewal.share];
  const { draft: typed, change, sent } = useDraft(sub, rest ? [...about, rest.id] : about, rest?.start);
  const mine = useAccounts();
  const accounts = mine ?? null;
  const draft = { ...typed, account: renewal === null ? accountAmong(accounts, typed.account) : renewal.account };
  const [checked, setChecked] = useState(false);
  const [left, setLeft] = useState(false);
  const accountField = useRef<{ focus: () => void } | null>(null);
  const partField = useRef<RadioGroupProps.Ref>(null);
  const endField = useRef<InputProps.Ref>(null);
  const rolesField = useRef<TextareaProps.Ref>(null);
  const purposeField = useRef<TextareaProps.Ref>(null);
  const send = useSend(source, sent);

  const account = checkAccount(draft.account, config.centralAccount);
  const [latest, setLatest] = useState<string | null>(null);
  const end = checkEnd(draft, latest);
  const { ending, error: endFault } = renewal === null ? end : checkLater(end, renewal.until);
  const hasParts = renewal === null && source.table !== '*';
  const table = useTable(source.database, hasParts ? source.table : null);
  const choices = useMemo(() => choicesOf(table.rows), [table.rows]);
  const part = hasParts ? checkPart(draft, choices.filter(({ fixed }) => fixed).length) : null;
  const ofDatabase: PartFields = draft.partKind === 'safe' ? { scope: 'safe' } : {};
  const fields = renewal === null ? (part === null ? ofDatabase : part.fields) : renewal.part;
  const hasKit = useKits().includes(draft.account);
  const typedRoles = hasKit && renewal === null ? checkRoles(draft.roles, draft.account) : null;
  const roles = renewal === null ? (typedRoles === null ? [] : typedRoles.roles) : renewal.roles;
  const target = roles && { account_id: draft.account, ...(roles.length > 0 && { roles: [...roles] }) };
  const wish = ending && fields && { ...fields, ...ending, ...(renewal && { renews: renewal.share }) };
  const preview = usePreview(source, mine !== undefined && account.valid && target && wish ? { target, wish } : null);
  const known = preview.kind === 'ready' ? preview.preview : null;
  // Of what would be refused the latest day is not told: what was told before holds on.
  if (known !== null && known.outcome !== 'refused' && known.latest_day !== latest) setLatest(known.latest_day);
  const outcome = preview.kind === 'ready' && !preview.stale ? preview.preview.outcome : null;
  const back = renewal === null ? sourcePath(source) : renewal.back;
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
    } else if (target === null) {
      rolesField.current?.focus();
    } else if (purposeErrorOf(draft.purpose, outcome === 'needs_approval') !== '') {
      purposeField.current?.focus();
    } else if (fields === null) {
      partField.current?.focus();
    } else if (wish === null) {
      endField.current?.focus();
    } else if (!send.isPending && outcome !== 'refused') {
      send.mutate({ ...draft, target, wish });
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
        {renewal === null ? (
          <AccountField
            value={draft.account}
            accounts={accounts}
            hint={account.hint}
            error={fromServer.account ?? accountError}
            placeRef={accountField}
            onChange={(next) => {
              touch({ account: next });
            }}
            onLeave={() => {
              setLeft(true);
            }}
          />
        ) : (
          <Facts
            inside
            facts={[
              { label: 'For account', value: renewal.account },
              { label: 'Lasts until', value: endOf(renewal.until) },
            ]}
          />
        )}
        {typedRoles !== null && (
          <RolesField
            value={draft.roles}
            account={draft.account}
            error={fromServer.roles ?? (checked || draft.roles.includes('\n') ? typedRoles.error : '')}
            field={rolesField}
            onChange={touch}
          />
        )}
        {renewal === null && source.table === '*' && (
          <DatabasePartField draft={draft} field={partField} onChange={touch} />
        )}
        {hasParts && table.first !== undefined && (
          <PartField
            draft={draft}
            parts={table.first.parts}
            choices={choices}
            error={fromServer.part ?? (checked ? (part?.error ?? '') : '')}
            field={partField}
            onChange={touch}
          />
        )}
        {hasParts && table.first === undefined && table.state === 'loading' && <Skeleton height="9rem" />}
        {hasParts && table.error !== null && (
          <Problem error={table.error} header="Its columns cannot be shown just now" onRetry={table.retry} />
        )}
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
          constraintText={`${number(draft.purpose.length)} of ${number(LONGEST_PURPOSE)} characters`}
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
          renews={renewal !== null}
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
              if (target !== null && wish !== null) send.mutate({ ...draft, token, target, wish });
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
            {outcome !== 'grant' ? 'Send the request' : renewal === null ? 'Get access' : 'Renew'}
          </Button>
          <Button
            variant="link"
            formAction="none"
            href={back}
            onFollow={(event) => {
              event.preventDefault();
              void navigate(back);
            }}
          >
            Cancel
          </Button>
        </div>
      </div>
      <PreviewPanel
        state={preview}
        source={source}
        renewal={renewal}
        missing={part?.fields === null && account.valid ? part.error : ''}
      />
    </form>
  );
}

function purposeErrorOf(purpose: string, needed: boolean): string {
  if (purpose.length > LONGEST_PURPOSE) return `A purpose has at most ${number(LONGEST_PURPOSE)} characters.`;
  return needed && purpose.trim() === '' ? 'The owner decides on it: say what you will use the data for.' : '';
}
