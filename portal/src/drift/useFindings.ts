import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../api/typed';
import { useServices } from '../app/services';

type Answer = AnswerOf<'/findings', 'get'>;

/** What drift found, as far as the person may see it. */
export function useFindings(enabled = true): UseQueryResult<Answer> {
  const { api } = useServices();
  return useQuery({
    queryKey: ['findings'],
    queryFn: ({ signal }) => api.findings(signal),
    enabled,
    staleTime: 2000,
  });
}

/** How many findings nobody has settled, for a title: "3", or "500+" where there are more than are listed. */
export function openText({ findings, total }: Answer): string {
  const open = findings.filter(({ status }) => status === 'OPEN').length;
  return `${open}${total > findings.length ? '+' : ''}`;
}
