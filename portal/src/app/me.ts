import { useQuery } from '@tanstack/react-query';
import type { Me } from '../api/types';
import { useServices } from './services';

const MINUTES = 5;

/** What the person is in this stack; `undefined`: not known yet. What they may do, the API decides in any case. */
export function useMe(): Me | undefined {
  const { api } = useServices();
  return useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => api.me(signal),
    staleTime: MINUTES * 60_000,
    refetchOnWindowFocus: false,
  }).data;
}

export const watches = (me: Me | undefined): boolean => me !== undefined && (me.auditor || me.operator);

export const owns = (me: Me | undefined): boolean => me !== undefined && me.owner_of.length > 0;
