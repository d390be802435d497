import type { ReactNode } from 'react';
import { type Detail, type Renewed, isOpen } from '../api/types';
import { TextLink } from '../shared/TextLink';
import { endOf } from '../shared/format';
import { requestPath } from '../shared/paths';
import { hasEnded } from './life';

/** Of a request that renews a share: what that is, and what has become of it. */
export function RenewalCard({ request, renews }: { request: Detail; renews: Renewed }): ReactNode {
  return (
    <section className="ls-card" aria-labelledby="renewal">
      <h2 id="renewal">Renewal</h2>
      <p>{whatBecame(request, renews)}</p>
      {renews.status !== null && (
        <p>
          <TextLink href={requestPath(requestOf(renews.id))}>The request that first gave the access</TextLink>
        </p>
      )}
    </section>
  );
}

/** A share is named after the request that it came of, and a round. */
export function requestOf(shareId: string): string {
  return shareId.slice(0, shareId.lastIndexOf(':'));
}

function whatBecame({ status, share }: Detail, renews: Renewed): string {
  if (renews.status === null) return 'The access that it was to renew is not known.';
  if (status === 'SHARED' && share !== null) return 'A share of its own has taken the place of the one that it renews.';
  if (hasEnded(renews)) return 'The access that it renews has ended since.';
  const until = renews.until === null ? 'without an end' : `until ${endOf(renews.until)}`;
  if (status === 'SHARED') {
    return `The same access goes on ${until}. There is nothing to set up: links and permissions stay as they are.`;
  }
  return isOpen(status) ? `This renews access that lasts ${until}.` : `The access stays as it is, ${until}.`;
}
