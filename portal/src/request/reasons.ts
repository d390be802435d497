import type { Detail } from '../api/types';

const ANEW = 'Ask again, with that put right.';
const PLATFORM = 'The platform team can mend this; send them this page’s address.';
const OWNER = 'The owner of the data can mend this; then ask again.';
const PRODUCER = 'The team that owns the data has to set up its side; then ask again.';
const TABLES = 'Ask for its tables one by one instead.';

/** Who can mend what stopped a request. Source: the named reasons in `docs/events.md`. */
const CURES: Readonly<Record<string, string>> = {
  InvalidInput: ANEW,
  InvalidTarget: ANEW,
  TargetIsCentral: ANEW,
  ConsumerNotAllowed: PLATFORM,
  DuplicateRequest: 'Ask again.',
  RequestClosed: 'Ask again.',
  DatabaseNotFound: 'Look it up in the catalogue once more; the platform team knows if it was moved.',
  TableNotFound: 'Look it up in the catalogue once more; the platform team knows if it was moved.',
  NothingToShare: PLATFORM,
  ResourceLink: 'Ask the owner of what it leads to.',
  CatalogueUnreadable: PLATFORM,
  CatalogueKeyUnavailable: PLATFORM,
  CatalogueKeepsChanging: 'Ask again when the data is settled.',
  OwnerMissing: OWNER,
  OwnerMalformed: OWNER,
  OwnerNotRegistered: PLATFORM,
  OwnerNotOfDatabase: PLATFORM,
  OwnersMixed: TABLES,
  NoApprovers: PRODUCER,
  CannotListApprovers: PRODUCER,
  CannotReachProducer: PRODUCER,
  TooManyTables: TABLES,
  OpenToIamPrincipals: PLATFORM,
  ShareLimitReached: PLATFORM,
  AwsUnavailable: 'Ask again in a while.',
};

/** What can be done about a request that was refused or failed; empty where there is nothing to mend. */
export function curesOf(request: Pick<Detail, 'status' | 'reason'>): string {
  if (request.status === 'REFUSED') return CURES[request.reason ?? ''] ?? PLATFORM;
  if (request.status !== 'FAILED') return '';
  return CURES[request.reason ?? ''] ?? 'The platform team has been told. You can ask again once it is mended.';
}
