import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Finding } from '../api/types';
import { counted } from '../shared/format';
import { SHORTEST, pathOfFinding } from './findings';
import { Results } from './Results';
import { useSearch } from './useSearch';
import { useSlash } from './useSlash';

const LONGEST = 200;
const LABEL = 'Search databases, tables, columns and owners';

/** The field on every page that finds data: a combobox as WAI-ARIA has it, whose choices are the results. */
export function CatalogueSearch(): ReactNode {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const navigate = useNavigate();
  const { found, settled, error, retry } = useSearch(typed);
  const slash = useSlash(field);

  const enough = typed.trim().length >= SHORTEST;
  const results = enough && found !== undefined && error === null ? found.results : [];
  const shown = open && enough;
  const at = Math.min(chosen, results.length - 1);

  const go = (finding: Finding) => {
    setTyped('');
    setOpen(false);
    setChosen(-1);
    field.current?.blur();
    void navigate(pathOfFinding(finding));
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && enough) {
      event.preventDefault();
      setOpen(true);
      if (results.length > 0) setChosen(shown ? turned(at + step, results.length) : -1);
    } else if (event.key === 'Enter' && shown) {
      event.preventDefault();
      // Without a choice, the best of what was typed: never of what stood there before.
      const finding = at >= 0 ? results[at] : settled ? results[0] : undefined;
      if (finding !== undefined) go(finding);
    } else if (event.key === 'Escape') {
      if (!shown) setTyped('');
      setOpen(false);
      setChosen(-1);
    }
  };

  return (
    // Nobody interacts with the box itself: it only hears that the focus leaves it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="ls-finder"
      role="search"
      aria-label="All data"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={LABEL}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-results`}
        aria-activedescendant={shown && at >= 0 ? `${id}-${at}` : undefined}
        aria-keyshortcuts={slash ? '/' : undefined}
        placeholder="Search all data"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="go"
        maxLength={LONGEST}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setOpen(true);
          setChosen(-1);
        }}
        onFocus={() => {
          setOpen(true);
        }}
        onKeyDown={press}
      />
      {slash && (
        <kbd className="ls-finder-key" aria-hidden="true">
          /
        </kbd>
      )}
      <p role="status" className="ls-hidden">
        {shown && settled && error === null ? said(results.length) : ''}
      </p>
      <Results
        id={id}
        shown={shown}
        found={enough ? found : undefined}
        settled={settled}
        error={error}
        chosen={at}
        onChoose={go}
        onRetry={retry}
      />
    </div>
  );
}

/** A place in a list whose end leads to its beginning; -1 stands between them: no choice. */
function turned(place: number, count: number): number {
  return place < -1 ? count - 1 : place >= count ? -1 : place;
}

function said(count: number): string {
  return count === 0 ? 'Nothing found' : `${counted(count, 'result')}. The arrow keys choose one.`;
}
