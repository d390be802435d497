import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { AuthProvider } from 'react-oidc-context';
import { BrowserRouter } from 'react-router';
import { CALLBACK_PATH, createUserManager } from '../auth/manager';
import { AuthGate } from '../auth/AuthGate';
import { finishSignIn } from '../auth/redirect';
import { Session } from '../auth/session';
import { CrashGuard } from '../shared/CrashGuard';
import type { PortalConfig } from './config';
import { createQueryClient } from './queries';
import { Pages } from './Pages';
import { createServices, ServicesContext } from './services';

/** The whole page. */
export function Root({ config }: { config: PortalConfig }): ReactNode {
  const [{ services, queries }] = useState(() => {
    const manager = createUserManager(config);
    return { services: createServices(config, manager, new Session(manager)), queries: createQueryClient() };
  });
  return (
    <CrashGuard>
      <ServicesContext value={services}>
        <QueryClientProvider client={queries}>
          <AuthProvider
            userManager={services.manager}
            skipSigninCallback={location.pathname !== CALLBACK_PATH}
            onSigninCallback={finishSignIn}
          >
            <AuthGate>
              <BrowserRouter>
                <Pages />
              </BrowserRouter>
            </AuthGate>
          </AuthProvider>
        </QueryClientProvider>
      </ServicesContext>
    </CrashGuard>
  );
}
