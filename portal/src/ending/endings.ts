import type { Api } from '../api/client';
import type { Held, ListedShare } from '../api/types';
import { nameOf } from '../shared/format';
import type { Ending } from './EndDialog';

export function revoking(api: Api, share: ListedShare): Ending {
  const what = nameOf(share.source);
  return {
    title: `Revoke ${what} from account ${share.account_id}?`,
    text:
      'The account can no longer read it from then on. Where nobody has to approve, it can ask again and gets it at ' +
      'once: hold the data to prevent that.',
    verb: 'Revoke it',
    failed: 'It was not revoked',
    run: (reason, dryRun) => api.revoke(share.id, { reason, dry_run: dryRun }),
  };
}

export function holdingDataOf(api: Api, share: ListedShare): Ending {
  const what = nameOf(share.source);
  return {
    title: `Hold ${what}?`,
    text: `All shares that reach ${what} end, whoever has them, and nobody is granted any until the hold is lifted.`,
    verb: 'Hold it',
    failed: 'It is not held',
    run: (reason, dryRun) => api.revoke(share.id, { reason, dry_run: dryRun, hold: true }),
  };
}

export function holding(api: Api, on: Held): Ending {
  return {
    title: `Hold ${on.text}?`,
    text: 'All shares of it end, whoever has them, and nobody is granted any until the hold is lifted.',
    verb: 'Hold it',
    failed: 'It is not held',
    run: (reason, dryRun) => api.hold(on, reason, dryRun),
  };
}

export function lifting(api: Api, on: Held): Ending {
  return {
    title: `Lift the hold on ${on.text}?`,
    text: 'It can be shared again from then on. Nothing is granted by that: who lost access asks again.',
    verb: 'Lift it',
    failed: 'The hold was not lifted',
    harmless: true,
    run: (reason) => api.lift(on, reason),
  };
}
