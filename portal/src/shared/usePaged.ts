import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { PageOf } from '../api/client';

export interface Paged<T, P> {
  rows: readonly T[];
  /** The first page, with whatever it says besides. */
  first: P | undefined;
  state: 'loading' | 'growing' | 'done';
  error: unknown;
  /** Go on after an error, with what is here already. */
  retry: () => void;
}

/** Read a list to its end, page by page; what has come is there at once. */
export function usePaged<T, P extends PageOf<T> = PageOf<T>>(
  key: readonly unknown[],
  read: (next: string | null, signal: AbortSignal) => Promise<P & PageOf<T>>,
  enabled = true,
): Paged<T, P> {
  const query = useInfiniteQuery({
    queryKey: key,
    enabled,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage, refetch, error } = query;
  const count = data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
    // `count`: a page may come so fast that nobody saw it being fetched.
  }, [count, hasNextPage, isFetching, isError, fetchNextPage]);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  return {
    rows,
    first: data?.pages[0],
    state: data === undefined ? (isError ? 'done' : 'loading') : hasNextPage && !isError ? 'growing' : 'done',
    error,
    retry: () => void (data === undefined ? refetch() : fetchNextPage()),
  };
}
