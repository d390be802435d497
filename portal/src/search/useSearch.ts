import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Findings } from '../api/types';
import { useServices } from '../app/services';
import { SHORTEST } from './findings';

/** How long a text must stand before it is searched for. */
const PAUSE = 200;

interface Search {
  /** What was found last; of an earlier text while the next one is searched for. */
  found: Findings | undefined;
  /** Whether what was found is of the text as it stands. */
  settled: boolean;
  error: unknown;
  retry: () => void;
}

/** Search for what somebody types, once they pause. */
export function useSearch(typed: string): Search {
  const { api } = useServices();
  const text = typed.trim();
  const [wanted, setWanted] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      setWanted(text);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  const query = useQuery({
    queryKey: ['search', wanted],
    queryFn: ({ signal }) => api.search(wanted, signal),
    enabled: wanted.length >= SHORTEST,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const { data, error, isFetching, refetch } = query;
  return { found: data, settled: wanted === text && !isFetching, error, retry: () => void refetch() };
}
