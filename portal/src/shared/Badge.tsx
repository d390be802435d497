import type { ReactNode } from 'react';

export type BadgeColor = 'red' | 'orange' | 'grey' | 'plain';

/** One or two words that stand out. */
export function Badge({ color, children }: { color: BadgeColor; children: ReactNode }): ReactNode {
  return <span className={`ls-badge ls-badge-${color}`}>{children}</span>;
}
