import type { ReactNode } from 'react';
import type { PartInBrief, Source } from '../api/types';
import { TextLink } from './TextLink';
import { number } from './format';
import { leavesOut, partText } from './part';
import { restPath } from './paths';

interface Props {
  part: PartInBrief;
  /** Where the rest is asked for: its table, and the request or share that has the other part; `null`: not here. */
  rest: { source: Source; id: string } | null;
}

/** Which part of a table something is for, in a list: how much, which columns, and the way to the rest. */
export function PartNote({ part, rest }: Props): ReactNode {
  const hidden = (part.columns_in ?? 0) - part.columns.length;
  return (
    <span className="ls-stack ls-small ls-part-note">
      {part.columns.length === 0 ? (
        <span className="ls-quiet">{partText(part)}</span>
      ) : (
        <details className="ls-part">
          <summary>{partText(part)}</summary>
          {part.columns.map((name) => (
            <code key={name} className="ls-chip">
              {name}
            </code>
          ))}
          {hidden > 0 && <span className="ls-quiet"> and {number(hidden)} more</span>}
        </details>
      )}
      {rest !== null && leavesOut(part) && (
        <TextLink
          href={restPath(rest.source, rest.id)}
          ariaLabel={`Ask for the rest of ${rest.source.database}.${rest.source.table}`}
        >
          Ask for the rest
        </TextLink>
      )}
    </span>
  );
}
