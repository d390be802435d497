import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { Me } from '../api/types';
import { useServices } from './services';

const MINUTES = 5;

/** What the person is in this stack; `undefined`: not known yet. What they may do, the API decides in any case. */
export function useMe(): Me | undefined {
  return useMyself().data;
}

/**
 * The accounts that the person asks for; `null`: any, also where nobody can say, as the API decides; `undefined`: not
 * known yet.
 */
export function useAccounts(): readonly string[] | null | undefined {
  const { data, isPending } = useMyself();
  return isPending ? undefined : (data?.accounts ?? null);
}

/** The accounts that have a kit, of those that the person asks for; none where no account has one. */
export function useKits(): readonly string[] {
  return useMyself().data?.kits ?? [];
}

function useMyself(): UseQueryResult<Me> {
  const { api } = useServices();
  return useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => api.me(signal),
    staleTime: MINUTES * 60_000,
    refetchOnWindowFocus: false,
  });
}

export const watches = (me: Me | undefined): boolean => me !== undefined && (me.auditor || me.operator);

export const owns = (me: Me | undefined): boolean => me !== undefined && me.owner_of.length > 0;
