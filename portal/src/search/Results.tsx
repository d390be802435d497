import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Finding, Findings } from '../api/types';
import { Button } from '../shared/Button';
import { PortalError } from '../shared/errors';
import { factsOf, nameOfFinding, notesOf } from './findings';

interface Props {
  /** What the ids of its parts begin with. */
  id: string;
  shown: boolean;
  found: Findings | undefined;
  settled: boolean;
  error: unknown;
  /** The number of the result that is chosen; -1: none. */
  chosen: number;
  onChoose: (finding: Finding) => void;
  onRetry: () => void;
}

/** What was found, below the field. The list is there, empty, while it is not shown: the field refers to it. */
export function Results({ id, shown, found, settled, error, chosen, onChoose, onRetry }: Props): ReactNode {
  const results = shown && error === null ? (found?.results ?? []) : [];
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // jsdom lays nothing out, and has no such method.
    list.current?.children[chosen]?.scrollIntoView?.({ block: 'nearest' });
  }, [chosen]);
  return (
    <div className="ls-finder-results" hidden={!shown} aria-busy={!settled}>
      <div ref={list} id={`${id}-results`} role="listbox" aria-label="Results">
        {results.map((finding, at) => (
          // The field has the focus, and hears the keys for all of them.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={nameOfFinding(finding)}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
            }}
            onClick={() => {
              onChoose(finding);
            }}
          >
            <span className="ls-strong ls-break">{nameOfFinding(finding)}</span>
            <span className="ls-small ls-quiet ls-break">{factsOf(finding)}</span>
            {finding.description !== '' && <span className="ls-small ls-finder-text">{finding.description}</span>}
          </div>
        ))}
      </div>
      {shown && <Foot found={found} settled={settled} error={error} onRetry={onRetry} />}
    </div>
  );
}

function Foot({ found, settled, error, onRetry }: Pick<Props, 'found' | 'settled' | 'error' | 'onRetry'>): ReactNode {
  const [now] = useState(Date.now);
  if (error !== null) {
    return (
      <div className="ls-finder-foot" role="alert">
        <p>{error instanceof PortalError ? error.message : 'The search failed.'}</p>
        <Button onClick={onRetry}>Try again</Button>
      </div>
    );
  }
  if (found === undefined) return <p className="ls-finder-foot ls-quiet">Searching…</p>;
  return (
    <div className="ls-finder-foot ls-quiet ls-small">
      {found.results.length === 0 && settled && <p className="ls-finder-none">Nothing has all of these words.</p>}
      {notesOf(found, now).map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}
