import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { ReactNode } from 'react';
import type { Column, Question } from '../api/types';
import { ColumnPicker } from '../ask/ColumnPicker';
import { type Choice, choicesOf } from '../ask/part';
import { useTable } from '../table/useTable';

/** What can be given of a request: its columns, where they can be told one by one; `loading`: that is not known yet. */
export type Givable = { kind: 'loading' | 'whole' } | { kind: 'columns'; choices: readonly Choice[] };

/** The columns of a request for one table, as somebody can take some of them away. */
export function useGivable({ source, classification }: Question): Givable {
  const extent = classification?.extent;
  const table = useTable(source?.database ?? '', source === null || source.table === '*' ? null : source.table);
  if (source === null || source.table === '*') return { kind: 'whole' };
  if (table.error === null && table.state !== 'done') return { kind: 'loading' };
  if (extent !== undefined) return { kind: 'columns', choices: ofThese(extent.columns, table.rows) };
  if (table.error !== null || table.first?.parts.refusal !== null) return { kind: 'whole' };
  return { kind: 'columns', choices: choicesOf(table.rows) };
}

/** The columns that were asked for; what else is known of them stands in the catalogue, if it can be read. */
function ofThese(names: readonly string[], columns: readonly Column[]): Choice[] {
  const known = new Map(choicesOf(columns).map((choice) => [choice.name, choice]));
  return names.map((name) => known.get(name) ?? { name, type: '', fixed: false, why: '' });
}

interface Props {
  choices: readonly Choice[];
  /** `null`: all of them. */
  given: readonly string[] | null;
  isPart: boolean;
  error: string;
  onChange: (given: string[]) => void;
}

/** Columns that an approver may take away. They can add none. */
export function GivenColumns({ choices, given, isPart, error, onChange }: Props): ReactNode {
  return (
    <ExpandableSection headerText="Columns that you give – optional" defaultExpanded={isPart}>
      <p className="ls-quiet">
        To give fewer than were asked for, take some away.
        {!isPart && ' The account gets just those that are left then, and none that is added later.'}
      </p>
      <ColumnPicker
        label="Columns"
        choices={choices}
        chosen={given ?? choices.map(({ name }) => name)}
        error={error}
        onChange={onChange}
      />
    </ExpandableSection>
  );
}
