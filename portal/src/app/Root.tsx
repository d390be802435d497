import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { BrowserRouter } from 'react-router';
import { AuthGate } from '../auth/AuthGate';
import { Session } from '../auth/session';
import { CrashGuard } from '../shared/CrashGuard';
import type { PortalConfig } from './config';
import { createQueryClient } from './queries';
import { Pages } from './Pages';
import { createServices, ServicesContext } from './services';

/** The whole page. */
export function Root({ config }: { config: PortalConfig }): ReactNode {
  const [{ services, queries }] = useState(() => {
    const session = new Session(`oidc.user:${config.issuer}:${config.clientId}`, async () => {
      const { createUserManager } = await import('../auth/manager');
      return createUserManager(config);
    });
    return { services: createServices(config, session), queries: createQueryClient() };
  });
  return (
    <CrashGuard>
      <ServicesContext value={services}>
        <QueryClientProvider client={queries}>
          <AuthGate>
            <BrowserRouter>
              <Pages />
            </BrowserRouter>
          </AuthGate>
        </QueryClientProvider>
      </ServicesContext>
    </CrashGuard>
  );
}
