import type { ReactNode } from 'react';
import { Skeleton } from './Skeleton';

/** Stands where a page will be while its code loads. */
export function PageSkeleton(): ReactNode {
  return (
    <div className="ls-page-header" aria-busy="true">
      <Skeleton height="2rem" width="min(22rem, 70%)" />
      <p role="status" className="ls-hidden">
        Loading
      </p>
    </div>
  );
}
