import type { DriftFinding, FindingAction } from '../api/types';
import type { BadgeColor } from '../shared/Badge';

/** When differences are looked for, and what comes of them by itself. */
export const LOOKED_AT =
  'It is looked at each night, and when a grant changes; nothing here is granted or taken back by itself.';

/** What a finding is called, and how much it stands out. */
export const KINDS: Record<DriftFinding['kind'], { title: string; color: BadgeColor }> = {
  MISSING: { title: 'Shared, and not granted any more', color: 'orange' },
  WIDER: { title: 'More granted than shared', color: 'red' },
  UNEXPLAINED: { title: 'Granted past Lakeshare', color: 'red' },
  RAM_BROKEN: { title: 'Granted, and does not arrive', color: 'orange' },
  FILTER_CHANGED: { title: 'The columns or rows of a share changed', color: 'red' },
  SOURCE_CHANGED: { title: 'Personal data appeared', color: 'red' },
};

export const STATUSES: Record<DriftFinding['status'], string> = {
  OPEN: 'Open',
  ACCEPTED: 'Accepted',
  SETTLED: 'Being settled',
};

/** Each thing that can be done: the button, what it does, and how it is told afterwards. */
export const ACTIONS: Record<FindingAction, { label: string; does: string; done: string }> = {
  accept: {
    label: 'Accept',
    does: 'It stays as it is, and is on record as accepted. It is open again if more of it is found.',
    done: 'Accepted',
  },
  revoke: {
    label: 'Revoke',
    does: 'What it is about is taken back, but for what other shares of the account cover. What was copied is not called back.',
    done: 'Revoked',
  },
  'ask-anew': {
    label: 'Revoke and ask anew',
    does: 'The share ends, and the same is asked for again: as the data are now, so that the owner decides where somebody has to.',
    done: 'Asked anew',
  },
  adopt: {
    label: 'Adopt',
    does: 'It becomes a share of the account, with an owner and an end. Nothing is granted.',
    done: 'Adopted',
  },
};
