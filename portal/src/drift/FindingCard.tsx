import { type ReactNode, useState } from 'react';
import type { DriftFinding, FindingAction } from '../api/types';
import { Badge } from '../shared/Badge';
import { Button } from '../shared/Button';
import { TextLink } from '../shared/TextLink';
import { counted, moment } from '../shared/format';
import { requestPath } from '../shared/paths';
import { Settle } from './Settle';
import { ACTIONS, KINDS, STATUSES } from './wording';

/** One difference: what it is, since when, of which share, and what can be done about it. */
export function FindingCard({ finding }: { finding: DriftFinding }): ReactNode {
  const [action, setAction] = useState<FindingAction | null>(null);
  const { title, color } = KINDS[finding.kind];
  const more = finding.things_total - finding.things.length;
  return (
    <section className="ls-card" aria-labelledby={finding.id}>
      <h2 id={finding.id} className="ls-break">
        {title}: {finding.database ?? 'no database'}, {finding.principal}
      </h2>
      <p>
        <Badge color={finding.status === 'OPEN' ? color : 'grey'}>{STATUSES[finding.status]}</Badge>{' '}
        <span className="ls-quiet">Since {moment(finding.since)}.</span>
      </p>
      <p className="ls-break">{finding.message}</p>
      <details>
        <summary>{counted(finding.things_total, 'thing')}</summary>
        <ul className="ls-list">
          {finding.things.map((each) => (
            <li key={each} className="ls-break">
              {each}
            </li>
          ))}
          {more > 0 && <li>and {more} more</li>}
        </ul>
      </details>
      {finding.share_id !== null && (
        <p>
          Of the share of <TextLink href={requestPath(finding.share_id.replace(/:\d+$/, ''))}>this request</TextLink>.
        </p>
      )}
      {finding.settled_by !== null && finding.action !== null && (
        <p className="ls-break">
          {ACTIONS[finding.action].done} by {finding.settled_by}, {moment(finding.settled_at)}: {finding.note}
        </p>
      )}
      {finding.actions.length > 0 && (
        <div className="ls-buttons">
          {finding.actions.map((each) => (
            <Button
              key={each}
              onClick={() => {
                setAction(each);
              }}
            >
              {ACTIONS[each].label}
            </Button>
          ))}
        </div>
      )}
      {action !== null && (
        <Settle
          finding={finding}
          action={action}
          onClose={() => {
            setAction(null);
          }}
        />
      )}
    </section>
  );
}
