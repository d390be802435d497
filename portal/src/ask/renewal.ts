/** Access that goes on for longer than it was given for. */
import type { Detail, Source } from '../api/types';

export interface Renewal {
  /** Its share's id. */
  share: string;
  /** Of the request that it was given to. */
  request: string;
  source: Source;
  account: string;
  /** When it ends by now. */
  until: string;
}

/** What of a request can be renewed: its requester's own, as long as it lasts, if it ends at all. */
export function renewalOf({ id, mine, source, target, share }: Detail, now = Date.now()): Renewal | null {
  if (!mine || source === null || target === null || share?.status !== 'ACTIVE' || share.until === null) return null;
  if (Date.parse(share.until) <= now) return null;
  return { share: share.id, request: id, source, account: target.account_id, until: share.until };
}
