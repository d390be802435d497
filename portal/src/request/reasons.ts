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
  UnknownField: ANEW,
  InvalidTarget: ANEW,
  TargetIsCentral: ANEW,
  ConsumerNotAllowed: PLATFORM,
  RolesWithoutKit: 'Ask again, without roles.',
  NotRenewable: 'Ask again, without renewing.',
  EndDatePassed: 'Ask again, with a later day.',
  EndTooLate: ANEW,
  OnHold: 'Ask again once it is lifted; the platform team and the owner of the data know why it stands.',
  DatabaseNotFound: MOVED,
  TableNotFound: MOVED,
  CatalogueUnreadable: PLATFORM,
  OwnerMissing: OWNER,
  OwnerMalformed: OWNER,
  AlreadyAsked: 'Wait until that one is decided, or ask in this portal.',
  DirectRequestsRefused: 'Ask in this portal instead.',
  RequesterIsApprover: 'A colleague who is no approver of this owner can ask.',
  ShareLimitReached: PLATFORM,
  AwsUnavailable: 'Ask again in a while.',
};

/** What can be done about a request that was refused or failed; empty where there is nothing to add. */
export function curesOf(request: Pick<Detail, 'status' | 'reason'>): string {
  const cure = CURES[request.reason ?? ''];
  if (request.status === 'REFUSED') return cure ?? '';
  if (request.status !== 'FAILED') return '';
  return cure ?? 'The platform team has to look into it; send them this page’s address. Ask again once it is mended.';
}
