import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import { ApiError } from '../api/problem';
import { number } from './format';

/** The API's own limit for what somebody says of what they do. */
const LONGEST = 1000;

interface Field {
  typed: string;
  error: string;
  placeRef: RefObject<{ focus: () => void } | null>;
  type: (text: string) => void;
}

interface Reason {
  field: Field;
  /** What was typed, without what stands around it. */
  text: string;
  /** Whether the API's refusal is about the reason, and stands at the field. */
  refused: boolean;
  /** Whether it can be sent. If not, the field says why, and has the focus. */
  check: () => boolean;
}

/**
 * Why somebody does something: as it is typed, checked and refused.
 *
 * @param error what the API last answered to it.
 * @param onChange forgets that answer, as another reason stands there now.
 */
export function useReason(error: unknown, onChange: () => void): Reason {
  const [typed, setTyped] = useState('');
  const [checked, setChecked] = useState(false);
  const placeRef = useRef<{ focus: () => void } | null>(null);
  const text = typed.trim();
  const fault = faultOf(text);
  const refusal = error instanceof ApiError ? error.fields.find(({ field }) => field === 'reason')?.message : undefined;
  return {
    text,
    refused: refusal !== undefined,
    check: () => {
      setChecked(true);
      if (fault !== '') placeRef.current?.focus();
      return fault === '';
    },
    field: {
      typed,
      error: refusal ?? (checked ? fault : ''),
      placeRef,
      type: (next) => {
        setTyped(next);
        onChange();
      },
    },
  };
}

interface Props {
  field: Field;
  /** What becomes of it. */
  description: string;
  /** It has no line breaks, as it goes to where one line is one thing that happened. */
  oneLine?: boolean;
}

/** Asks why, and says how long the answer may be. */
export function ReasonField({ field, description, oneLine = false }: Props): ReactNode {
  const { typed, error, placeRef, type } = field;
  const shared = {
    ref: (each: { focus: () => void } | null) => {
      placeRef.current = each;
    },
    value: typed,
    ariaRequired: true,
    onChange: ({ detail }: { detail: { value: string } }) => {
      type(detail.value);
    },
  };
  return (
    <FormField
      label="Why?"
      description={description}
      constraintText={`${number(typed.trim().length)} of ${number(LONGEST)} characters`}
      errorText={error}
    >
      {oneLine ? <Input {...shared} /> : <Textarea {...shared} rows={3} />}
    </FormField>
  );
}

function faultOf(text: string): string {
  if (text.length > LONGEST) return `A reason has at most ${number(LONGEST)} characters.`;
  return text === '' ? 'Say why, for whoever looks at it later.' : '';
}
