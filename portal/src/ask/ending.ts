/** The end of the access, as somebody asks for it: not at all, with a day, or after some days. */
import type { Ending } from '../api/types';
import { counted, dayOf, endOf } from '../shared/format';

export type EndKind = 'usual' | 'until' | 'days';

export interface EndDraft {
  endKind: EndKind;
  /** `YYYY-MM-DD`, as far as it is typed. */
  until: string;
  days: string;
}

export const USUAL: EndDraft = { endKind: 'usual', until: '', days: '' };

const LONGEST_DAYS = 3660;
const DAY = 24 * 60 * 60 * 1000;

interface EndCheck {
  /** What is asked for, once it is complete and right. */
  ending: Ending | null;
  error: string;
}

/** Check an end: as the workflow does, as far as that can be known here. `latest`: the last day that may be asked for. */
export function checkEnd({ endKind, until, days }: EndDraft, latest: string | null, now = Date.now()): EndCheck {
  switch (endKind) {
    case 'usual':
      return { ending: {}, error: '' };
    case 'until':
      return checkUntil(until, latest, now);
    case 'days':
      return checkDays(days.trim());
  }
}

/** Of a renewal: it must end later than the access does already. */
export function checkLater(check: EndCheck, until: string, now = Date.now()): EndCheck {
  const end = check.ending === null ? null : endingAt(check.ending, now);
  return end === null || end > Date.parse(until) ? check : wrong(`It lasts until ${endOf(until)} already.`);
}

function endingAt(ending: Ending, now: number): number | null {
  if ('until' in ending) return Date.parse(`${ending.until}T00:00:00Z`) + DAY;
  return 'days' in ending ? now + ending.days * DAY : null;
}

function checkUntil(until: string, latest: string | null, now: number): EndCheck {
  const at = Date.parse(`${until}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(at) || !new Date(at).toISOString().startsWith(until)) {
    return wrong(until === '' ? 'Say until which day.' : 'This is no day. Write it as YYYY-MM-DD.');
  }
  if (at + DAY <= now) return wrong('That day is over.');
  if (at > now + LONGEST_DAYS * DAY) return wrong(`It can be at most ${counted(LONGEST_DAYS, 'day')} away.`);
  if (latest !== null && until > latest) return wrong(`Its owner shares it until ${dayOf(latest)} at the latest.`);
  return { ending: { until }, error: '' };
}

function checkDays(days: string): EndCheck {
  if (days === '') return wrong('Say for how many days.');
  const count = /^\d+$/.test(days) ? Number(days) : 0;
  if (count < 1 || count > LONGEST_DAYS) return wrong(`A whole number from 1 to ${counted(LONGEST_DAYS, 'day')}.`);
  return { ending: { days: count }, error: '' };
}

function wrong(error: string): EndCheck {
  return { ending: null, error };
}
