import DateInput from '@cloudscape-design/components/date-input';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import type { ReactNode, Ref } from 'react';
import type { Preview } from '../api/types';
import { dayOf } from '../shared/format';
import type { EndDraft, EndKind } from './ending';

interface Props {
  draft: EndDraft;
  /** What is known of the request that asks for no end of its own. */
  preview: Preview | null;
  error: string;
  /** Whether it is access that goes on. */
  renews: boolean;
  field: Ref<InputProps.Ref>;
  onChange: (part: Partial<EndDraft>) => void;
}

const KINDS: readonly (SelectProps.Option & { value: EndKind })[] = [
  { value: 'usual', label: 'As long as is usual' },
  { value: 'until', label: 'Until a day' },
  { value: 'days', label: 'For a number of days' },
];

/** Until when the access is wanted: as usual, with a day, or after some days. */
export function EndField({ draft, preview, error, renews, field, onChange }: Props): ReactNode {
  const { endKind, until, days } = draft;
  const chosen = KINDS.find(({ value }) => value === endKind) ?? null;
  return (
    <>
      <FormField
        label="How long"
        description="The access ends by itself then. From two weeks before, its page says so."
        constraintText={limits(endKind, preview)}
      >
        <div className="ls-select">
          <Select
            selectedOption={chosen}
            options={KINDS}
            onChange={({ detail }) => {
              onChange({ endKind: (detail.selectedOption.value ?? 'usual') as EndKind });
            }}
          />
        </div>
      </FormField>
      {endKind === 'until' && (
        <FormField label="Last day" description="It ends with that day in UTC." errorText={error}>
          <DateInput
            ref={field}
            value={until}
            format="iso"
            placeholder="YYYY-MM-DD"
            ariaRequired
            onChange={({ detail }) => {
              onChange({ until: detail.value });
            }}
          />
        </FormField>
      )}
      {endKind === 'days' && (
        <FormField
          label="Days"
          description={`They count from when ${renews ? 'it is renewed' : 'you get the access'}.`}
          errorText={error}
        >
          <Input
            ref={field}
            value={days}
            inputMode="numeric"
            autoComplete="off"
            ariaRequired
            onChange={({ detail }) => {
              onChange({ days: detail.value });
            }}
          />
        </FormField>
      )}
    </>
  );
}

/** What the stack's config allows, as far as the preview knows it. */
function limits(kind: EndKind, preview: Preview | null): string {
  const usual = kind === 'usual' && preview?.term ? `That is ${preview.term.text}.` : '';
  const latest = preview?.latest_day ? `At the latest, it may be asked for until ${dayOf(preview.latest_day)}.` : '';
  return [usual, latest].filter((text) => text !== '').join(' ');
}
