import type { ReactNode } from 'react';

/** Keeps the place of something that loads. Shows after a moment only: what comes at once does not flicker. */
export function Skeleton({ width = '100%', height = '0.875em' }: { width?: string; height?: string }): ReactNode {
  return <span className="ls-skeleton" style={{ width, height }} aria-hidden="true" />;
}
