import type { ReactNode } from 'react';
import { Skeleton } from './Skeleton';

export interface Fact {
  label: string;
  /** Nothing: a dash stands there. */
  value: ReactNode;
  wide?: boolean;
}

/** What is known of one thing, label by label. While it loads, every fact keeps its place. */
export function Facts({ facts, loading = false }: { facts: readonly Fact[]; loading?: boolean }): ReactNode {
  return (
    <dl className="ls-card ls-facts" aria-busy={loading}>
      {facts.map(({ label, value, wide }) => (
        <div key={label} className={wide ? 'ls-wide' : ''}>
          <dt>{label}</dt>
          <dd>
            {loading ? <Skeleton width="min(14rem, 80%)" /> : value || <span className="ls-quiet">Not given</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
