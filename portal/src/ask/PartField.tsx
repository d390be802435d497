import FormField from '@cloudscape-design/components/form-field';
import RadioGroup, { type RadioGroupProps } from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import type { ReactNode, Ref } from 'react';
import type { OfferedParts } from '../api/types';
import { counted, number } from '../shared/format';
import { ColumnPicker } from './ColumnPicker';
import { type Choice, LIMITS, type PartDraft, type PartKind, whyNotSafe } from './part';

interface Props {
  draft: PartDraft;
  parts: OfferedParts;
  choices: readonly Choice[];
  error: string;
  field: Ref<RadioGroupProps.Ref>;
  onChange: (part: Partial<PartDraft>) => void;
}

/** Which columns and rows of a table are asked for. */
export function PartField({ draft, parts, choices, error, field, onChange }: Props): ReactNode {
  const { partKind, columns, rows } = draft;
  const isPart = partKind !== 'whole' || rows !== '';
  return (
    <>
      <FormField label="What you ask for" constraintText={isPart ? LIMITS : ''}>
        <RadioGroup
          ref={field}
          value={partKind}
          items={kindsOf(parts, choices)}
          onChange={({ detail }) => {
            onChange({ partKind: detail.value as PartKind });
          }}
        />
      </FormField>
      {partKind === 'columns' && (
        <ColumnPicker
          label="Columns"
          choices={choices}
          chosen={columns}
          error={error}
          onChange={(chosen) => {
            onChange({ columns: chosen });
          }}
        />
      )}
      {parts.refusal === null && parts.filters.length > 0 && (
        <RowsField parts={parts} rows={rows} onChange={onChange} />
      )}
    </>
  );
}

/** Whether all of a database is asked for, or what nobody needs to approve of its tables. */
export function DatabasePartField({ draft, field, onChange }: Pick<Props, 'draft' | 'field' | 'onChange'>): ReactNode {
  const isSafe = draft.partKind === 'safe';
  return (
    <FormField
      label="What you ask for"
      constraintText={isSafe ? 'Columns and tables that are added later are not in. Views are left out.' : ''}
    >
      <RadioGroup
        ref={field}
        value={isSafe ? 'safe' : 'whole'}
        items={[
          { value: 'whole', label: 'The whole database', description: 'All of its tables, with all columns.' },
          {
            value: 'safe',
            label: 'Only what nobody needs to approve',
            description: 'Of each table the columns without personal data, where the owner offers that.',
          },
        ]}
        onChange={({ detail }) => {
          onChange({ partKind: detail.value as PartKind });
        }}
      />
    </FormField>
  );
}

function kindsOf(parts: OfferedParts, choices: readonly Choice[]): RadioGroupProps.RadioButtonDefinition[] {
  const notSafe = whyNotSafe(parts);
  return [
    { value: 'whole', label: 'The whole table', description: 'All columns, those that are added later, too.' },
    {
      value: 'safe',
      label: 'Only what nobody needs to approve',
      description: notSafe || safeText(parts, choices),
      disabled: notSafe !== '',
    },
    {
      value: 'columns',
      label: 'Some columns',
      description: parts.refusal?.message ?? 'Those that you choose. Personal data among them goes to the owner.',
      disabled: parts.refusal !== null,
    },
  ];
}

function safeText({ safe }: OfferedParts, choices: readonly Choice[]): string {
  return `${number(safe.columns ?? 0)} of ${counted(choices.length, 'column')}: all without personal data.`;
}

function RowsField({ parts, rows, onChange }: Pick<Props, 'parts' | 'onChange'> & { rows: string }): ReactNode {
  const options = [
    { value: '', label: 'All rows' },
    ...parts.filters.map(({ name, expression, refusal }) => ({
      value: name,
      label: name,
      description: expression ?? refusal?.message ?? '',
      disabled: refusal !== null,
    })),
  ];
  const chosen = parts.filters.find(({ name }) => name === rows);
  const hidden = parts.filters_total - parts.filters.length;
  return (
    <FormField
      label="Rows"
      description="Filters that the owner of the data has set on the table."
      constraintText={
        chosen?.expression ? (
          <span className="ls-break">
            Only rows where <code className="ls-exact">{chosen.expression}</code>
          </span>
        ) : hidden > 0 ? (
          `${number(hidden)} more are not shown here.`
        ) : (
          ''
        )
      }
    >
      <Select
        selectedOption={options.find(({ value }) => value === rows) ?? { value: rows, label: rows }}
        options={options}
        onChange={({ detail }) => {
          onChange({ rows: detail.selectedOption.value ?? '' });
        }}
      />
    </FormField>
  );
}
