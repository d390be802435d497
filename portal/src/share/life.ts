import type { AlertProps } from '@cloudscape-design/components/alert';
import type { Detail, ListedShare, Renewed, Share } from '../api/types';
import { counted, endOf, moment } from '../shared/format';

interface Life {
  type: AlertProps.Type;
  header: string;
  text: string;
}

/** What of a share says where it stands. */
type Lived = Pick<Share, 'until' | 'ended_at' | 'reason'> & { status: ListedShare['status'] };

const DAY = 24 * 60 * 60 * 1000;
/** From here on its end is near: the first warning is given so many days before. */
const SOON = 14;

/** Why a share ended, in a sentence. */
const REASONS: Readonly<Record<NonNullable<Share['reason']>, string>> = {
  Expired: 'Its time was over. Ask again if you still need the data.',
  GivenBack: 'It was given back.',
  Revoked: 'It was revoked. Talk to the owner of the data or the platform team before you ask again.',
  Held: 'There is a hold on the data or the account. Ask again once it is lifted.',
  NotShared: 'The request did not end as shared, so what had been granted for it by then is taken back.',
  CatalogueChanged: 'The data changed while they were being shared, so what had been granted by then is taken back.',
  NewPersonalData: 'Personal data appeared in it that its owner has not approved. Ask again: the owner is asked then.',
  Replaced: 'A newer share has taken its place.',
};

/** The same in a few words, for a list. */
const WORDS: Readonly<Record<NonNullable<Share['reason']>, string>> = {
  Expired: 'Its time was over',
  GivenBack: 'Given back',
  Revoked: 'Revoked',
  Held: 'Put on hold',
  NotShared: 'Its request failed',
  CatalogueChanged: 'The data changed meanwhile',
  NewPersonalData: 'Personal data appeared',
  Replaced: 'Replaced by a newer share',
};

/** What the end of a share does not do. */
export const AFTERWARDS =
  'Queries that run may go on for up to six hours, what was copied is not called back, and what other shares of the ' +
  'account cover stays.';

/** Where a share stands: what that means, and what will come of it. */
export function lifeOf(share: Lived, now = Date.now()): Life {
  switch (share.status) {
    case 'GRANTING':
      return { type: 'info', header: 'Being shared', text: 'The account gets access just now.' };
    case 'ACTIVE':
      return share.until === null
        ? { type: 'success', header: 'Active, without an end', text: 'Give it back when you have no use for it.' }
        : endsAt(share.until, now);
    case 'REVOKING':
      return {
        type: 'info',
        header: 'Being taken back',
        text: `${why(share)} This takes seconds to minutes, and longer while the account gets other access.`,
      };
    case 'REVOKED':
      return { type: 'info', header: `Ended on ${moment(share.ended_at)}`, text: why(share) };
    default:
      return { type: 'info', header: share.status, text: '' };
  }
}

/** What a request is shared by: its own share, or the one that it renewed; `null`: none that is known here. */
export function accessOf({ status, share, renews }: Detail): Share | Renewed | null {
  return share ?? (status === 'SHARED' ? renews : null);
}

/** Whether it is over for its account, or about to be. */
export function hasEnded(share: { status: ListedShare['status'] | Renewed['status'] } | null): boolean {
  return share !== null && (share.status === 'REVOKING' || share.status === 'REVOKED');
}

/** In one or two words, for a list or a title. */
export function endedText(share: Pick<Share | Renewed, 'status'>): string {
  return share.status === 'REVOKED' ? 'Ended' : 'Being taken back';
}

/** How a share ended, and by whom, in a few words. */
export function endingText({ reason, ended_by: by }: Pick<ListedShare, 'reason' | 'ended_by'>): string {
  if (reason === null) return 'Ended';
  return `${WORDS[reason] ?? reason}${by === null ? '' : ` by ${by}`}`;
}

function endsAt(until: string, now: number): Life {
  const left = Date.parse(until) - now;
  const header = `Active until ${endOf(until)}`;
  if (left <= 0) return { type: 'warning', header, text: 'That has passed: it is being taken back any minute.' };
  if (left < DAY) return { type: 'warning', header, text: 'That is less than a day. Renew it if you need it longer.' };
  const days = Math.floor(left / DAY);
  const span = `That is ${counted(days, 'day')} from now.`;
  return days < SOON
    ? { type: 'warning', header, text: `${span} Renew it in time if you need it longer: it ends by itself.` }
    : { type: 'success', header, text: span };
}

function why(share: Lived): string {
  return share.reason === null ? '' : (REASONS[share.reason] ?? share.reason);
}
