import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Preview, Source, Target, Wish } from '../api/types';
import { useServices } from '../app/services';

export type PreviewState =
  | { kind: 'idle' }
  | { kind: 'loading' }
  | { kind: 'ready'; preview: Preview; stale: boolean }
  | { kind: 'failed'; error: unknown; retry: () => void };

interface Asked {
  target: Target;
  wish: Wish;
}

/**
 * What would become of the request, asked for as soon as what is typed is complete. `typed` of `null`: it is not.
 * Whoever picks columns one by one is asked about more slowly: so many previews a minute are answered.
 */
export function usePreview(source: Source, typed: Asked | null): PreviewState {
  const { api } = useServices();
  const now = typed && JSON.stringify(typed);
  const settled = useSettled(now, typed?.wish.columns === undefined ? 300 : 2100);
  const asked = settled === null ? null : (JSON.parse(settled) as Asked);
  const query = useQuery({
    queryKey: ['preview', source, asked],
    queryFn: ({ signal }) => api.preview(source, asked?.target ?? { account_id: '' }, asked?.wish ?? {}, signal),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });
  if (now === null) return { kind: 'idle' };
  if (settled !== now) return query.data ? { kind: 'ready', preview: query.data, stale: true } : { kind: 'loading' };
  if (query.error) return { kind: 'failed', error: query.error, retry: () => void query.refetch() };
  return query.data ? { kind: 'ready', preview: query.data, stale: query.isPlaceholderData } : { kind: 'loading' };
}

/** `value`, once it has stayed the same for a moment. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, ms);
    return () => {
      clearTimeout(timer);
    };
  }, [value, ms]);
  return settled;
}
