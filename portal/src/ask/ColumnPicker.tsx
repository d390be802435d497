import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Badge } from '../shared/Badge';
import { Button } from '../shared/Button';
import { Icon } from '../shared/Icon';
import { SearchField } from '../shared/SearchField';
import { counted, number } from '../shared/format';
import type { Choice } from './part';

/** In pixels: every row is as high, so that only those in sight have to be drawn. */
const ROW = 48;
const SHOWN = 8;
const SPARE = 4;

interface Props {
  label: string;
  choices: readonly Choice[];
  /** Names of those that are in; what is fixed need not be among them. */
  chosen: readonly string[];
  error: string;
  onChange: (chosen: string[]) => void;
}

/**
 * Columns to be chosen, one by one or many at once. One stop of the Tab key: arrows move, Space chooses, as in every
 * list box. Of two thousand columns it draws a dozen.
 */
export function ColumnPicker({ label, choices, chosen, error, onChange }: Props): ReactNode {
  const [query, setQuery] = useState('');
  const picked = useMemo(() => new Set(chosen), [chosen]);
  const found = useMemo(() => matching(choices, query), [choices, query]);
  const inCount = choices.filter(({ name, fixed }) => fixed || picked.has(name)).length;
  const count = `${number(inCount)} of ${counted(choices.length, 'column')}`;
  const give = useCallback(
    (next: Set<string>) => {
      onChange(choices.filter(({ name, fixed }) => !fixed && next.has(name)).map(({ name }) => name));
    },
    [choices, onChange],
  );
  const withFound = (on: boolean) => {
    const next = new Set(picked);
    for (const { name } of found) {
      if (on) next.add(name);
      else next.delete(name);
    }
    give(next);
  };
  const some = query !== '';
  const errorId = useId();
  return (
    <div className="ls-picker" role="group" aria-label={label}>
      <div className="ls-picker-head">
        <strong>{label}</strong>
        <span role="status">{count}</span>
      </div>
      <SearchField
        value={query}
        label="Search columns"
        disabled={choices.length === 0}
        found={`${counted(found.length, 'column')} found`}
        onChange={setQuery}
      />
      <div className="ls-buttons">
        <Button
          onClick={() => {
            withFound(true);
          }}
        >
          {some ? 'All found' : 'All'}
        </Button>
        <Button
          onClick={() => {
            withFound(false);
          }}
        >
          {some ? 'None of those found' : 'None'}
        </Button>
        {choices.some(({ why }) => why !== '') && (
          <Button
            onClick={() => {
              give(new Set(choices.filter(({ why }) => why === '').map(({ name }) => name)));
            }}
          >
            Those without personal data
          </Button>
        )}
      </div>
      <Listbox
        key={query}
        label={label}
        describedBy={error === '' ? undefined : errorId}
        choices={found}
        picked={picked}
        onToggle={(name) => {
          const next = new Set(picked);
          if (!next.delete(name)) next.add(name);
          give(next);
        }}
        onAll={() => {
          withFound(true);
        }}
      />
      {found.length === 0 && <p className="ls-quiet">No column matches.</p>}
      {error !== '' && (
        <p id={errorId} className="ls-picker-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

interface ListProps {
  label: string;
  describedBy: string | undefined;
  choices: readonly Choice[];
  picked: ReadonlySet<string>;
  onToggle: (name: string) => void;
  onAll: () => void;
}

function Listbox({ label, describedBy, choices, picked, onToggle, onAll }: ListProps): ReactNode {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  // Where the first of those begins that are chosen already.
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      choices.findIndex(({ name, fixed }) => !fixed && picked.has(name)),
    ),
  );
  const [top, setTop] = useState(0);
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const last = Math.min(choices.length, first + SHOWN + 2 * SPARE);
  const drawn = useMemo(() => range(first, last, at), [first, last, at]);
  const moved = useRef(true);
  useEffect(() => {
    const list = box.current;
    if (list === null || !moved.current) return;
    moved.current = false;
    if (at * ROW < list.scrollTop) list.scrollTop = at * ROW;
    else if ((at + 1) * ROW > list.scrollTop + list.clientHeight) list.scrollTop = (at + 1) * ROW - list.clientHeight;
  }, [at]);
  const toggle = (place: number) => {
    const choice = choices[place];
    if (choice && !choice.fixed) onToggle(choice.name);
  };
  const press = (event: KeyboardEvent) => {
    const to = moveOf(event.key, at, choices.length);
    if (to !== null) {
      moved.current = true;
      setAt(to);
    } else if (event.key === ' ' || event.key === 'Enter') toggle(at);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) onAll();
    else return;
    event.preventDefault();
  };
  if (choices.length === 0) return null;
  return (
    <div
      ref={box}
      className="ls-picker-list"
      role="listbox"
      tabIndex={0}
      aria-multiselectable
      aria-label={label}
      aria-describedby={describedBy}
      aria-activedescendant={`${id}-${at}`}
      // Half a row at the end says that there are more.
      style={{ height: Math.min(choices.length, SHOWN - 0.5) * ROW }}
      onKeyDown={press}
      onScroll={(event) => {
        setTop(event.currentTarget.scrollTop);
      }}
    >
      <div role="presentation" style={{ height: choices.length * ROW }}>
        {drawn.map((place) => {
          const choice = choices[place];
          if (choice === undefined) return null;
          const isIn = choice.fixed || picked.has(choice.name);
          return (
            // The list box hears the keys.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={choice.name}
              id={`${id}-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={isIn}
              aria-disabled={choice.fixed || undefined}
              aria-setsize={choices.length}
              aria-posinset={place + 1}
              className={place === at ? 'ls-option ls-at' : 'ls-option'}
              style={{ top: place * ROW, height: ROW }}
              onClick={() => {
                setAt(place);
                toggle(place);
                box.current?.focus();
              }}
            >
              <span className="ls-tick">{isIn && <Icon name="check" />}</span>
              <Row choice={choice} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Row({ choice: { name, type, fixed, why } }: { choice: Choice }): ReactNode {
  return (
    <span className="ls-option-text">
      <span className="ls-option-line">
        <code title={name}>{name}</code>
        {why !== '' && <Badge color="red">Personal data</Badge>}
        {fixed && <Badge color="grey">Partition key</Badge>}
      </span>
      <span className="ls-option-line ls-quiet ls-small">
        {[type, why, fixed ? 'always in' : ''].filter((text) => text !== '').join(' · ')}
      </span>
    </span>
  );
}

/** The places that are drawn: those in sight, and the one that the keyboard is at. */
function range(first: number, last: number, at: number): number[] {
  const places = Array.from({ length: Math.max(0, last - first) }, (_, more) => first + more);
  return at < first || at >= last ? [...places, at] : places;
}

function moveOf(key: string, at: number, count: number): number | null {
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + SHOWN,
    PageUp: at - SHOWN,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

function matching(choices: readonly Choice[], query: string): readonly Choice[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return choices;
  return choices.filter(({ name, type, why, fixed }) => {
    const text = [name, type.toLowerCase(), why, fixed ? 'partition key' : ''].join(' ');
    return words.every((word) => text.includes(word));
  });
}
