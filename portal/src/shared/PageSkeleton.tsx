import Skeleton from '@cloudscape-design/components/skeleton';
import type { ReactNode } from 'react';

/** Stands where a page will be while its code loads. */
export function PageSkeleton(): ReactNode {
  return (
    <div className="ls-page-header" aria-busy="true">
      <Skeleton variant="text-heading-xl" width="min(22rem, 70%)" />
      <p role="status" className="ls-hidden">
        Loading
      </p>
    </div>
  );
}
