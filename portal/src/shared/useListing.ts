import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';

export interface Sorting {
  column: string;
  descending: boolean;
}

interface Options<T> {
  rows: readonly T[];
  /** What a search looks through, in lower case. */
  haystack: (row: T) => string;
  compare: (column: string) => ((a: T, b: T) => number) | undefined;
  pageSize: number;
}

export interface Listing<T> {
  query: string;
  search: (query: string) => void;
  /** Put the search into the address now, and not in a moment: the page is about to be left. */
  settle: () => void;
  sorting: Sorting | null;
  sort: (sorting: Sorting) => void;
  page: number;
  turnTo: (page: number) => void;
  pages: number;
  /** What matches the search. */
  found: readonly T[];
  /** What stands on this page. */
  shown: readonly T[];
}

/** Search, order and pages over rows that are all here. The search stands in the address, so that a link keeps it. */
export function useListing<T>({ rows, haystack, compare, pageSize }: Options<T>): Listing<T> {
  const [params, setParams] = useSearchParams();
  const [query, setQuery] = useState(() => params.get('q') ?? '');
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [page, setPage] = useState(1);

  const settle = useCallback(() => {
    if ((params.get('q') ?? '') === query) return;
    setParams(
      (before) => {
        if (query === '') before.delete('q');
        else before.set('q', query);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  }, [query, params, setParams]);

  useEffect(() => {
    const timer = setTimeout(settle, 300);
    return () => {
      clearTimeout(timer);
    };
  }, [settle]);

  const indexed = useMemo(() => rows.map((row) => ({ row, text: haystack(row) })), [rows, haystack]);
  const wanted = useDeferredValue(query);
  const found = useMemo(() => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = indexed.filter(({ text }) => words.every((word) => text.includes(word))).map(({ row }) => row);
    const order = sorting && compare(sorting.column);
    if (!order) return matching;
    return matching.sort(sorting.descending ? (a, b) => order(b, a) : order);
  }, [indexed, wanted, sorting, compare]);

  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const current = Math.min(page, pages);
  return {
    query,
    search: (next) => {
      setQuery(next);
      setPage(1);
    },
    settle,
    sorting,
    sort: (next) => {
      setSorting(next);
      setPage(1);
    },
    page: current,
    turnTo: setPage,
    pages,
    found,
    shown: found.slice((current - 1) * pageSize, current * pageSize),
  };
}
