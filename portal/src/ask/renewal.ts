/** Access that goes on for longer than it was given for. */
import type { Detail, OneShare, Source } from '../api/types';
import { requestPath, sharePath } from '../shared/paths';
import { type PartFields, fieldsOf } from './part';

export interface Renewal {
  /** Its share's id. */
  share: string;
  /** Where whoever thinks better of it goes back to. */
  back: string;
  source: Source;
  account: string;
  /** When it ends by now. */
  until: string;
  /** Which part of a table it is of, and which roles read it: the same is renewed. */
  part: PartFields;
  roles: readonly string[];
}

/** What of a request can be renewed: its requester's own, as long as it lasts, if it ends at all. */
export function renewalOf({ id, mine, source, target, share, part }: Detail, now = Date.now()): Renewal | null {
  if (!mine || source === null || target === null || share?.status !== 'ACTIVE' || share.until === null) return null;
  if (Date.parse(share.until) <= now) return null;
  return {
    share: share.id,
    back: requestPath(id),
    source,
    account: target.account_id,
    until: share.until,
    part: fieldsOf(part),
    roles: target.roles ?? [],
  };
}

/** What of a share can be renewed, the same way; who may is for the API to say. */
export function renewalOfShare(
  { id, source, account_id: account, status, until, part, roles = [] }: OneShare,
  now = Date.now(),
): Renewal | null {
  if (source === null || status !== 'ACTIVE' || until === null || Date.parse(until) <= now) return null;
  return { share: id, back: sharePath(id), source, account, until, part: fieldsOf(part), roles };
}
