import type { ReactNode } from 'react';
import { Facts } from '../shared/Facts';
import { Skeleton } from '../shared/Skeleton';

/** Keeps the room of a request while it loads. */
export function RequestSkeleton(): ReactNode {
  return (
    <>
      <p role="status" className="ls-hidden">
        Loading the request
      </p>
      <Skeleton height="4.5rem" />
      <div className="ls-pair">
        <div className="ls-column">
          <Facts loading facts={['Data', 'For account', 'Owner', 'Reason'].map((label) => ({ label, value: null }))} />
        </div>
        <div className="ls-column ls-aside">
          <div className="ls-card">
            <h2>What happened</h2>
            <Skeleton height="9rem" />
          </div>
        </div>
      </div>
    </>
  );
}
