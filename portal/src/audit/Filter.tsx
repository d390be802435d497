import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { type ReactNode, useEffect, useState } from 'react';
import type { SetURLSearchParams } from 'react-router';
import type { Narrowed } from '../api/types';
import { tidyAccount } from '../ask/account';

const ACCOUNT = /^[0-9]{12}$/;
const PAUSE_MS = 400;

/** What the address narrows the lists to; an account that is not typed to its end yet narrows nothing. */
export function narrowedBy(params: URLSearchParams): Narrowed {
  const only: Narrowed = {};
  const database = params.get('database') ?? '';
  if (database !== '') only.database = database;
  for (const name of ['account_id', 'owner'] as const) {
    const account = params.get(name) ?? '';
    if (ACCOUNT.test(account)) only[name] = account;
  }
  return only;
}

/** By data, consumer and owner. */
export function Filter({ params, onChange }: { params: URLSearchParams; onChange: SetURLSearchParams }): ReactNode {
  const set = (name: string, value: string) => {
    onChange(
      (before) => {
        if (value === '') before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  return (
    <div className="ls-filter">
      <Narrow label="Database" name="database" params={params} onChange={set} />
      <Narrow label="Account that reads" name="account_id" params={params} onChange={set} account />
      <Narrow label="Owner’s account" name="owner" params={params} onChange={set} account />
    </div>
  );
}

interface Props {
  label: string;
  name: string;
  params: URLSearchParams;
  onChange: (name: string, value: string) => void;
  account?: boolean;
}

function Narrow({ label, name, params, onChange, account = false }: Props): ReactNode {
  const settled = params.get(name) ?? '';
  const [typed, setTyped] = useState(settled);
  useEffect(() => {
    if (typed.trim() === settled) return undefined;
    // The list follows once somebody stops typing.
    const timer = setTimeout(() => {
      onChange(name, typed.trim());
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, settled, name, onChange]);
  const unfinished = account && typed !== '' && !ACCOUNT.test(typed);
  return (
    <FormField label={label} constraintText={unfinished ? 'An account has 12 digits.' : ''}>
      <Input
        value={typed}
        type="search"
        autoComplete="off"
        spellcheck={false}
        {...(account ? { inputMode: 'numeric' as const } : {})}
        onChange={({ detail }) => {
          setTyped(account ? tidyAccount(detail.value) : detail.value);
        }}
      />
    </FormField>
  );
}
