import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useAuth } from 'react-oidc-context';
import { PersonContext, personOf, useServices } from '../app/services';
import { Splash } from '../app/Splash';
import { SignInPage } from '../signin/SignInPage';
import { SessionEnded } from './SessionEnded';

/**
 * Shows the page to who is signed in, and the way to sign in to everybody else.
 *
 * Once somebody is in, the page stays where it is when the session ends: a dialog offers to sign in again, and what was
 * typed is kept.
 */
export function AuthGate({ children }: { children: ReactNode }): ReactNode {
  const { config, session } = useServices();
  const auth = useAuth();
  const leaving = useSyncExternalStore(session.subscribe, session.hasLeft);
  const [revived, setRevived] = useState(false);
  const tried = useRef(false);
  const [entered, setEntered] = useState(false);

  const user = auth.user ?? undefined;
  const stale = user?.expired === true && !entered && !revived;
  useEffect(() => {
    // A page that was reloaded after its tokens ran out: the refresh token may still hold.
    if (auth.isLoading || !stale || tried.current) return;
    tried.current = true;
    session
      .renew()
      .catch(() => undefined)
      .finally(() => {
        setRevived(true);
      });
  }, [auth.isLoading, session, stale]);

  const isIn = user !== undefined && (entered || user.expired !== true);
  if (isIn && !entered) setEntered(true);

  const person = useMemo(() => (user ? personOf(user, config.auditorsGroup) : null), [user, config.auditorsGroup]);
  if (leaving) return <Splash says="Signing out" />;
  if (auth.isLoading || stale) return <Splash says="Loading" />;
  if (!isIn || person === null) return <SignInPage failure={auth.error} />;
  return (
    <PersonContext value={person}>
      {children}
      <SessionEnded />
    </PersonContext>
  );
}
