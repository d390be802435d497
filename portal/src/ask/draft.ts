import { useCallback, useState } from 'react';
import { readStored, writeStored } from '../shared/storage';

export const DRAFT_PREFIX = 'lakeshare.draft.';
const ACCOUNT_KEY = 'lakeshare.account';

/** What was typed into a request form. `token` makes sending it twice harmless. */
export interface Draft {
  account: string;
  purpose: string;
  token: string;
}

/** The draft of one person for one source. Kept in this tab until it is sent, also over a sign-in. */
export function useDraft(sub: string, database: string, table: string): DraftHandle {
  const key = `${DRAFT_PREFIX}${JSON.stringify([sub, database, table])}`;
  const [draft, setDraft] = useState(() => readDraft(key));
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

function readDraft(key: string): Draft {
  const fresh = { account: readStored(localStorage, ACCOUNT_KEY) ?? '', purpose: '', token: newToken() };
  try {
    const kept = JSON.parse(readStored(sessionStorage, key) ?? 'null') as Partial<Draft> | null;
    if (typeof kept?.account !== 'string' || typeof kept.purpose !== 'string' || typeof kept.token !== 'string') {
      return keep(key, fresh);
    }
    return { account: kept.account, purpose: kept.purpose, token: kept.token };
  } catch {
    return keep(key, fresh);
  }
}

/** The token is kept from the start: a form that is sent, lost and loaded again must not ask twice. */
function keep(key: string, draft: Draft): Draft {
  writeStored(sessionStorage, key, JSON.stringify(draft));
  return draft;
}
