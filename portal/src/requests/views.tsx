import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import { type ReactNode, useState } from 'react';
import { STATUSES, type Status, type View } from '../api/types';
import { tidyAccount } from '../ask/account';
import { statusText } from '../shared/RequestStatus';

const KINDS = [
  { id: 'mine', text: 'Mine' },
  { id: 'account', text: 'By account' },
  { id: 'status', text: 'By status' },
];

/** What the address asks to see; `null`: by account, and no account is given yet. */
export function viewOf(params: URLSearchParams, isAuditor: boolean): View | null {
  const kind = params.get('view');
  if (!isAuditor || (kind !== 'account' && kind !== 'status')) return { kind: 'mine' };
  if (kind === 'status') return { kind, status: statusOf(params.get('status')) };
  const accountId = params.get('account_id') ?? '';
  return /^[0-9]{12}$/.test(accountId) ? { kind, accountId } : null;
}

function statusOf(text: string | null): Status {
  return STATUSES.find((status) => status === text) ?? 'WAITING';
}

interface Props {
  params: URLSearchParams;
  onChange: (params: Record<string, string>) => void;
}

/** Lets an auditor choose whose requests to see. */
export function AuditorFilter({ params, onChange }: Props): ReactNode {
  const kind = KINDS.find(({ id }) => id === params.get('view'))?.id ?? 'mine';
  const [account, setAccount] = useState(params.get('account_id') ?? '');
  const status = statusOf(params.get('status'));
  return (
    <div className="ls-card ls-filter">
      <SegmentedControl
        label="Whose requests"
        selectedId={kind}
        options={KINDS}
        onChange={({ detail }) => {
          onChange(detail.selectedId === 'mine' ? {} : { view: detail.selectedId });
        }}
      />
      {kind === 'account' && (
        <FormField label="Account" constraintText={`${account.length} of 12 digits`}>
          <Input
            value={account}
            inputMode="numeric"
            onChange={({ detail }) => {
              const value = tidyAccount(detail.value);
              setAccount(value);
              if (/^[0-9]{12}$/.test(value)) onChange({ view: 'account', account_id: value });
            }}
          />
        </FormField>
      )}
      {kind === 'status' && (
        <FormField label="Status">
          <Select
            selectedOption={{ value: status, label: statusText(status) }}
            options={STATUSES.map((value) => ({ value, label: statusText(value) }))}
            onChange={({ detail }) => {
              onChange({ view: 'status', status: detail.selectedOption.value ?? 'WAITING' });
            }}
          />
        </FormField>
      )}
    </div>
  );
}
