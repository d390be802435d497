/** What becomes of a share in its account, in words. Source of the reasons: `docs/operations.md`. */
import type { AlertProps } from '@cloudscape-design/components/alert';
import type { Delivery, OneShare } from '../api/types';
import { moment } from '../shared/format';

interface Stage {
  type: AlertProps.Type;
  header: string;
  text: string;
}

/** What of a share says how far its delivery is. */
export type Delivered = Pick<OneShare, 'account_id' | 'status' | 'kit' | 'delivery'>;

const ADMINISTRATOR = 'The account’s administrator does that. Then try again.';
const ITSELF = 'It is tried again by itself.';
const UPDATES = 'The account’s kit may be of another release: its administrator updates it. Then try again.';
const ANEW =
  'Give the share back, and every other one that has not arrived, then ask again: only once all are gone does AWS invite anew.';

/** What to do next, where the message itself does not say it. */
const CURES: Readonly<Record<string, string>> = {
  InvitationExpired: ANEW,
  InvitationRejected: ANEW,
  DatabaseNotAllowed: ADMINISTRATOR,
  RoleNotThere: 'Then try again.',
  RoleNotAllowed: 'The account’s administrator can add it there. Then try again.',
  StrangeSender: ADMINISTRATOR,
  StrangeInvitation: ADMINISTRATOR,
  NotAdministrator: ADMINISTRATOR,
  LinkForeign: ADMINISTRATOR,
  KitNotThere: 'Then try again.',
  KitFailed: 'The account’s administrator can mend it. Then try again.',
  KitUnreadable: UPDATES,
  NoKit: 'The platform team can add it there.',
  NotArrived: ITSELF,
  NotGranted: ITSELF,
  NotTakenBack: ITSELF,
  LinkNotMade: 'The account’s administrator can mend it. Then try again.',
  NotReadable: 'The account’s administrator can mend it. Then try again.',
  OrderMalformed: UPDATES,
  KitMayBeAtWork: ITSELF,
  TryAgain: ITSELF,
};

/** What keeps a link from being made of what has arrived. */
const OF_LINKS: ReadonlySet<string> = new Set(['LinkForeign', 'LinkNameTooLong', 'LinkNotMade', 'NotAdministrator']);

const cureOf = (reason: string): string => CURES[reason] ?? '';

/** Of these nothing comes again: the share has to be given back, and asked for again. */
export function needsNewShare(delivery: Delivery): boolean {
  return delivery.failures.some(({ reason }) => CURES[reason] === ANEW);
}

/** What failed, sentence by sentence; `role`: the name of the role that it is about, empty for none. */
export function failuresOf({ failures }: Delivery): { role: string; reason: string; text: string }[] {
  return failures.map(({ role, reason, message }) => ({
    role: role === null ? '' : roleName(role),
    reason,
    text: [message, cureOf(reason)].filter((each) => each !== '').join(' '),
  }));
}

/** A role by its name, as people know it in their account; with its path, if it has one. */
export function roleName(arn: string): string {
  const at = arn.indexOf(':role/');
  return at < 0 ? arn : arn.slice(at + ':role/'.length);
}

/** How far a share has come in its account, and what will come of it; `null`: there is nothing to say. */
export function stageOf({ account_id: account, status, kit, delivery }: Delivered): Stage | null {
  if (delivery === undefined) return null;
  if (delivery === null) {
    return status === 'ACTIVE' && kit === true
      ? {
          type: 'info',
          header: 'Not delivered yet',
          text: `It was shared before account ${account} had a kit, or past Lakeshare. A kit takes up by itself what is shared.`,
        }
      : null;
  }
  const failed = delivery.failures.length > 0;
  switch (delivery.status) {
    case 'WAITING':
      return failed
        ? {
            type: 'warning',
            header: 'Not delivered yet',
            text: 'The account’s kit could not be told, or does not take it up.',
          }
        : {
            type: 'info',
            header: 'Waiting to be delivered',
            text: `The kit of account ${account} is told within a minute.`,
          };
    case 'INVITED':
      if (delivery.failures.some(({ reason }) => OF_LINKS.has(reason)))
        return {
          type: 'warning',
          header: 'It has no name there yet',
          text: `Account ${account} sees it, without a link.`,
        };
      return failed
        ? { type: 'warning', header: 'It has not arrived', text: `Account ${account} does not see it yet.` }
        : { type: 'info', header: 'On its way', text: `Account ${account} is taking it up just now.` };
    case 'LINKED':
      return {
        type: 'warning',
        header: 'Linked, and not yet read by every role',
        text: 'It has its name in the account. What is missing stands below.',
      };
    case 'READY':
      return {
        type: failed ? 'warning' : 'success',
        header: 'Ready to query',
        text: failed
          ? `It was. On ${moment(delivery.tried_at)} it was tried again, and not all was as it should be: see below.`
          : `Last looked at on ${moment(delivery.tried_at)}; it is looked at once a day.`,
      };
    case 'WITHDRAWING':
      return {
        type: failed ? 'warning' : 'info',
        header: failed ? 'Not withdrawn yet' : 'Being withdrawn',
        text: `The link and what its roles may read are taken back in account ${account}.`,
      };
    case 'WITHDRAWN':
      return { type: 'info', header: 'Withdrawn', text: `Nothing of it is left in account ${account}.` };
    case 'UNREADABLE':
      return { type: 'error', header: 'What became of it cannot be read', text: delivery.message ?? '' };
    default:
      return { type: 'info', header: delivery.status, text: '' };
  }
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Whether something happens to it within moments, so that it is worth looking again by oneself. */
export function isMoving({ delivery }: Pick<OneShare, 'delivery'>, now = Date.now()): boolean {
  if (delivery === undefined || delivery === null || delivery.due_at === null) return false;
  return Date.parse(delivery.due_at) <= now + 2 * MINUTE;
}

/** Whether it is due, and so seen to within a minute. Clocks may differ by some seconds. */
export function isDue({ due_at: due }: Delivery, now = Date.now()): boolean {
  return due !== null && Date.parse(due) <= now + 10 * SECOND;
}

/** When it is tried next, if nobody asks for it before; empty: at once, or never more. */
export function nextTry(delivery: Delivery, now = Date.now()): string {
  const { due_at: due, status } = delivery;
  if (due === null || status === 'READY' || isDue(delivery, now)) return '';
  return `It is tried again on ${moment(due)}, or as soon as you want it.`;
}
