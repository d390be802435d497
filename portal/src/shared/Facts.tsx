import type { ReactNode } from 'react';
import { Skeleton } from './Skeleton';

export interface Fact {
  label: string;
  /** Nothing: a dash stands there. */
  value: ReactNode;
  wide?: boolean;
}

interface Props {
  facts: readonly Fact[];
  loading?: boolean;
  /** Values mostly take two lines: that much room is kept for each from the start. */
  tall?: boolean;
  /** They stand in a card already. */
  inside?: boolean;
}

/** What is known of one thing, label by label. While it loads, every fact keeps its place. */
export function Facts({ facts, loading = false, tall = false, inside = false }: Props): ReactNode {
  return (
    <dl className={`${inside ? '' : 'ls-card'} ls-facts ${tall ? 'ls-tall' : ''}`} aria-busy={loading}>
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
