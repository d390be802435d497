import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { PersonContext, personOf, useServices } from '../app/services';
import { Splash } from '../app/Splash';
import { SignInPage } from '../signin/SignInPage';
import { SessionEnded } from './SessionEnded';
import { type Session, type SignedIn, comesFromSignIn } from './session';
import { startAnew } from './signOut';

/**
 * Shows the page to who is signed in, and the way to sign in to everybody else.
 *
 * Once somebody is in, the page stays where it is when the session ends: a dialog offers to sign in again, and what was
 * typed is kept. What another tab does counts here, too.
 */
export function AuthGate({ children }: { children: ReactNode }): ReactNode {
  const { config, session } = useServices();
  const user = useSyncExternalStore(session.subscribe, session.user);
  const leaving = useSyncExternalStore(session.subscribe, session.hasLeft);
  const { starting, failure } = useStart(session);
  const [entered, setEntered] = useState(false);
  useEffect(() => session.watch(startAnew), [session]);

  const isIn = !starting && user !== null && (entered || !hasRunOut(user));
  if (isIn && !entered) setEntered(true);
  useEffect(() => {
    // After what the page itself needs.
    const timer = setTimeout(() => {
      session.prepare();
    }, 3000);
    return () => {
      clearTimeout(timer);
    };
  }, [session]);

  const person = useMemo(() => (user ? personOf(user, config.auditorsGroup) : null), [user, config.auditorsGroup]);
  if (leaving) return <Splash says="Signing out" />;
  if (starting) return <Splash says="Loading" />;
  if (!isIn || person === null) return <SignInPage failure={failure} />;
  return (
    <PersonContext value={person}>
      {children}
      <SessionEnded />
    </PersonContext>
  );
}

/** What comes before it is known who is signed in: the way back from the sign-in, or a renewal. */
function useStart(session: Session): { starting: boolean; failure: Error | undefined } {
  const [work] = useState(() => {
    if (comesFromSignIn()) return () => session.finishSignIn();
    const user = session.user();
    // A page that was reloaded after its tokens ran out: the refresh token may still hold.
    return user !== null && hasRunOut(user) ? () => session.renew().catch(() => undefined) : undefined;
  });
  const [starting, setStarting] = useState(work !== undefined);
  const [failure, setFailure] = useState<Error>();
  const begun = useRef(false);
  useEffect(() => {
    if (work === undefined || begun.current) return;
    begun.current = true;
    work()
      .catch((error: unknown) => {
        setFailure(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => {
        setStarting(false);
      });
  }, [work]);
  return { starting, failure };
}

function hasRunOut(user: SignedIn): boolean {
  return user.expires_at !== undefined && user.expires_at <= Date.now() / 1000;
}
