import type { ReactNode } from 'react';
import type { Outcome } from '../api/types';
import { counted, number } from '../shared/format';

/** More are counted as this many. */
const MOST_COUNTED = 100;

/** What would end, and what could be read all the same. */
export function Foreseen({ outcome }: { outcome: Outcome }): ReactNode {
  const { shares, shares_total: total } = outcome;
  if (total === 0) return <p className="ls-strong">Nothing is shared of it, so nothing would end.</p>;
  const hidden = total - shares.length;
  return (
    <section className="ls-preview ls-no" aria-label="What would end">
      <p className="ls-strong">
        {total >= MOST_COUNTED ? `${MOST_COUNTED} shares or more would end.` : `${counted(total, 'share')} would end.`}
      </p>
      <ul className="ls-list">
        {shares.map((each) => (
          <li key={each.id} className="ls-break">
            Account {each.account_id}: {ends(each)}
            {each.stays_total > 0 && ` ${stays(each)}`}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="ls-quiet">and {number(hidden)} more</p>}
    </section>
  );
}

type Report = Outcome['shares'][number];

function ends({ ends: names, ends_total: total }: Report): string {
  return total === 0 ? 'loses nothing, since other shares cover all of it.' : `loses ${listed(names, total)}.`;
}

function stays({ stays: left, stays_total: total }: Report): string {
  const through = [...new Set(left.flatMap((each) => each.through))];
  return `Can read ${listed(
    left.map(({ what }) => what),
    total,
  )} all the same, through ${counted(through.length, 'other share')}.`;
}

function listed(names: readonly string[], total: number): string {
  const more = total - names.length;
  return more > 0 ? `${names.join(', ')} and ${number(more)} more` : names.join(', ');
}
