import { useState } from 'react';

export interface Cursor {
  /** Counted from one. */
  page: number;
  /** What to ask for to get this page. */
  token: string | null;
  /** How many pages are known. */
  known: number;
  turnTo: (page: number, next: string | null) => void;
  reset: () => void;
}

/** Keeps the place in a list of which each page says where the next one begins. */
export function useCursor(): Cursor {
  const [tokens, setTokens] = useState<readonly (string | null)[]>([null]);
  const [page, setPage] = useState(1);
  return {
    page,
    token: tokens[page - 1] ?? null,
    known: tokens.length,
    turnTo: (wanted, next) => {
      if (wanted === page + 1 && next !== null) {
        setTokens((before) => [...before.slice(0, page), next]);
        setPage(wanted);
      } else if (wanted >= 1 && wanted <= tokens.length) {
        setPage(wanted);
      }
    },
    reset: () => {
      setTokens([null]);
      setPage(1);
    },
  };
}
