import type { Detail } from '../api/types';

const ANEW = 'Ask again, with that put right.';
const PLATFORM = 'The platform team can mend this; send them this page’s address.';
const OWNER = 'The owner of the data can mend this; then ask again.';
const MOVED = 'Look it up in the catalogue once more; the platform team knows if it was moved.';

/**
 * Who can mend what stopped a request, where its message does not say so by itself. Source: the named reasons in
 * `docs/events.md`.
 */
const CURES: Readonly<Record<string, string>> = {
  InvalidInput: ANEW,
  InvalidTarget: ANEW,
  TargetIsCentral: ANEW,
  ConsumerNotAllowed: PLATFORM,
  DatabaseNotFound: MOVED,
  TableNotFound: MOVED,
  CatalogueUnreadable: PLATFORM,
  OwnerMissing: OWNER,
  OwnerMalformed: OWNER,
  ShareLimitReached: PLATFORM,
  AwsUnavailable: 'Ask again in a while; what was granted already stays.',
};

/** What can be done about a request that was refused or failed; empty where there is nothing to add. */
export function curesOf(request: Pick<Detail, 'status' | 'reason'>): string {
  const cure = CURES[request.reason ?? ''];
  if (request.status === 'REFUSED') return cure ?? '';
  if (request.status !== 'FAILED') return '';
  return cure ?? 'The platform team has been told. Ask again once it is mended.';
}
