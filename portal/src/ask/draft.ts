import { useCallback, useState } from 'react';
import { type EndDraft, USUAL } from './ending';
import { ALL_OF_IT, type PartDraft } from './part';
import { readStored, writeStored } from '../shared/storage';

export const DRAFT_PREFIX = 'lakeshare.draft.';
const ACCOUNT_KEY = 'lakeshare.account';

/** What was typed into a request form. `token` makes sending it twice harmless. */
export interface Draft extends EndDraft, PartDraft {
  account: string;
  /** ARNs of roles, one a line, as typed. */
  roles: string;
  purpose: string;
  token: string;
}

/**
 * The draft of one person for `about`: a source, a renewal, the rest of something; `start`: what it begins with. Kept in
 * this tab until it is sent, also over a sign-in.
 */
export function useDraft(sub: string, about: readonly string[], start: Partial<Draft> = {}): DraftHandle {
  const key = `${DRAFT_PREFIX}${JSON.stringify([sub, ...about])}`;
  const [draft, setDraft] = useState(() => readDraft(key, start));
  const change = useCallback(
    (part: Partial<Draft>) => {
      setDraft((before) => {
        const after = { ...before, ...part };
        writeStored(sessionStorage, key, JSON.stringify(after));
        return after;
      });
    },
    [key],
  );
  const sent = useCallback(
    (account: string) => {
      writeStored(sessionStorage, key, null);
      // The next request is most often for the same account.
      writeStored(localStorage, ACCOUNT_KEY, account);
    },
    [key],
  );
  return { draft, change, sent };
}

interface DraftHandle {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  /** The draft has become a request. */
  sent: (account: string) => void;
}

export function newToken(): string {
  return crypto.randomUUID();
}

function readDraft(key: string, start: Partial<Draft>): Draft {
  const account = readStored(localStorage, ACCOUNT_KEY) ?? '';
  const fresh = { ...USUAL, ...ALL_OF_IT, account, roles: '', purpose: '', token: newToken(), ...start };
  try {
    const kept = JSON.parse(readStored(sessionStorage, key) ?? 'null') as Partial<Draft> | null;
    const texts = [kept?.account, kept?.purpose, kept?.token, kept?.until, kept?.days, kept?.rows];
    if (kept === null || texts.some((text) => typeof text !== 'string')) return keep(key, fresh);
    const endKind = kept.endKind === 'until' || kept.endKind === 'days' ? kept.endKind : 'usual';
    const partKind = kept.partKind === 'safe' || kept.partKind === 'columns' ? kept.partKind : 'whole';
    const columns: unknown[] = Array.isArray(kept.columns) ? kept.columns : [];
    return {
      ...(kept as Draft),
      roles: typeof kept.roles === 'string' ? kept.roles : '',
      endKind,
      partKind,
      columns: columns.filter((name): name is string => typeof name === 'string'),
    };
  } catch {
    return keep(key, fresh);
  }
}

/** The token is kept from the start: a form that is sent, lost and loaded again must not ask twice. */
function keep(key: string, draft: Draft): Draft {
  writeStored(sessionStorage, key, JSON.stringify(draft));
  return draft;
}
