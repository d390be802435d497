/** Which part of a table somebody asks for: all of it, what asks nobody, or columns; all rows, or those of a filter. */
import type { Column, OfferedParts, Part, Rule, Wish } from '../api/types';
import { number } from '../shared/format';

export type PartKind = 'whole' | 'safe' | 'columns';

export interface PartDraft {
  partKind: PartKind;
  /** Names in lower case, partition keys not among them: these are always in. */
  columns: readonly string[];
  /** Name of a row filter; empty: all rows. */
  rows: string;
}

export const ALL_OF_IT: PartDraft = { partKind: 'whole', columns: [], rows: '' };

/** So many columns can be listed, partition keys among them. */
export const MOST_COLUMNS = 2000;

export type PartFields = Pick<Wish, 'scope' | 'columns' | 'filter'>;

interface PartCheck {
  /** What a request says of it, once that is complete. */
  fields: PartFields | null;
  error: string;
}

/** Check a part as far as that can be known here. `keys`: how many partition keys the table has. */
export function checkPart({ partKind, columns, rows }: PartDraft, keys: number): PartCheck {
  const filter = rows === '' ? {} : { filter: rows };
  if (partKind === 'whole') return { fields: filter, error: '' };
  if (partKind === 'safe') return { fields: { scope: 'safe', ...filter }, error: '' };
  if (columns.length === 0) return { fields: null, error: 'Choose at least one column.' };
  if (columns.length + keys > MOST_COLUMNS) {
    return { fields: null, error: `At most ${number(MOST_COLUMNS)} columns can be asked for by name.` };
  }
  return { fields: { columns: [...columns], ...filter }, error: '' };
}

/** The same of what was asked for before. */
export function fieldsOf(part: Part | undefined): PartFields {
  if (part === undefined) return {};
  const { scope, columns, filter } = part;
  return {
    ...(scope === null ? {} : { scope }),
    ...(columns === null ? {} : { columns }),
    ...(filter === null ? {} : { filter }),
  };
}

/** A column as somebody can choose it. `fixed`: it is always in. `why`: why it asks; empty: it does not. */
export interface Choice {
  name: string;
  type: string;
  fixed: boolean;
  why: string;
}

const WHY: Partial<Record<Rule, string>> = {
  ColumnFlagged: 'flagged by its owner',
  UnreadableFlag: 'its flag cannot be read',
  FlagVanished: 'flagged before, and not now',
  MemoryUnreadable: 'what was flagged before cannot be read',
  Tagged: 'it has an LF-Tag that is a flag',
  TagsUnreadable: 'its LF-Tags cannot be read',
};

/** The columns of a table, each once, by the names that requests have them under. */
export function choicesOf(columns: readonly Column[]): Choice[] {
  const choices = new Map<string, Choice>();
  for (const { name, type, partition_key: fixed, personal, rules } of columns) {
    const known = choices.get(name.toLowerCase());
    const why = personal === 'no' ? '' : rules.map((rule) => WHY[rule] ?? 'it counts as personal data').join(', ');
    choices.set(name.toLowerCase(), {
      name: name.toLowerCase(),
      type,
      fixed: fixed || known?.fixed === true,
      why: why || (known?.why ?? ''),
    });
  }
  return [...choices.values()];
}

/** Why the safe part cannot be asked for; empty: it can. */
export function whyNotSafe({ refusal, safe }: OfferedParts): string {
  return (refusal ?? safe.refusal)?.message ?? '';
}

/** What Lake Formation makes of every part, where people choose one. */
export const LIMITS = [
  'Columns that are added to the table later are not in.',
  'Partition keys are always in: Lake Formation cannot leave them out.',
  'A nested column goes in as a whole.',
  'Parts of one table that an account has add up.',
].join(' ');
