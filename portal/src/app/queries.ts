import { QueryClient } from '@tanstack/react-query';
import { PortalError } from '../shared/errors';

/** How the page's queries behave: what may pass is tried twice more, everything else is shown at once. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (count, error) => count < 2 && error instanceof PortalError && error.passing,
        retryDelay: (attempt) => 500 * 2 ** attempt,
        // Offline is an error that the page shows, not a silent pause.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
