import FormField from '@cloudscape-design/components/form-field';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import type { ReactNode, RefObject } from 'react';
import { MOST_ROLES } from './roles';

interface Props {
  value: string;
  account: string;
  error: string;
  field: RefObject<TextareaProps.Ref | null>;
  onChange: (part: { roles: string }) => void;
}

/** Which roles of an account are to read it. Only an account's kit can let them. */
export function RolesField({ value, account, error, field, onChange }: Props): ReactNode {
  return (
    <FormField
      label={
        <span>
          Roles that read it <span className="ls-quiet ls-weight-normal">– optional</span>
        </span>
      }
      description={`The kit of account ${account} lets them read it once it is shared. Without any, its administrator does that by hand.`}
      constraintText={`ARNs of roles of the account, one a line, at most ${MOST_ROLES}`}
      errorText={error}
    >
      <Textarea
        ref={field}
        value={value}
        rows={2}
        spellcheck={false}
        placeholder={`arn:aws:iam::${account}:role/`}
        onChange={({ detail }) => {
          onChange({ roles: detail.value });
        }}
      />
    </FormField>
  );
}
