import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import type { ReactNode, RefObject } from 'react';
import { tidyAccount } from './account';

interface Props {
  value: string;
  /** The accounts that the person asks for; `null`: any. */
  accounts: readonly string[] | null;
  hint: string;
  error: string;
  placeRef: RefObject<{ focus: () => void } | null>;
  onChange: (account: string) => void;
  onLeave: () => void;
}

/** Which account gets access: one of those that the person is bound to, or, where nobody is bound, any. */
export function AccountField({ value, accounts, hint, error, placeRef, onChange, onLeave }: Props): ReactNode {
  const keep = (each: { focus: () => void } | null) => {
    placeRef.current = each;
  };
  if (accounts === null) {
    return (
      <FormField
        label="Account that gets access"
        description="The id of the AWS account in which you work with the data."
        constraintText={hint}
        errorText={error}
      >
        <Input
          ref={keep}
          value={value}
          inputMode="numeric"
          autoComplete="off"
          spellcheck={false}
          ariaRequired
          onChange={({ detail }) => {
            onChange(tidyAccount(detail.value));
          }}
          onBlur={onLeave}
        />
      </FormField>
    );
  }
  return (
    <FormField
      label="Account that gets access"
      description="One of those that you are bound to. The platform team binds people to accounts."
      errorText={accounts.length === 0 ? 'You are bound to no account, so there is none to ask for.' : error}
    >
      <Select
        ref={keep}
        options={accounts.map((account) => ({ value: account, label: account }))}
        selectedOption={value === '' ? null : { value, label: value }}
        placeholder="Choose an account"
        empty="None"
        ariaRequired
        onChange={({ detail }) => {
          onChange(detail.selectedOption.value ?? '');
        }}
        onBlur={onLeave}
      />
    </FormField>
  );
}
