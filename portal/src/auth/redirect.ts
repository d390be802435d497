import type { User, UserManager } from 'oidc-client-ts';
import { clearStored } from '../shared/storage';
import { DRAFT_PREFIX } from '../ask/draft';
import type { PortalConfig } from '../app/config';
import type { Session } from './session';

/** Go to the sign-in, and come back to where the person is now. */
export async function signIn(manager: UserManager): Promise<void> {
  await manager.signinRedirect({ state: { returnTo: location.pathname + location.search + location.hash } });
}

/** Back from the sign-in: put the address that was left back into the address bar. */
export function finishSignIn(user: Pick<User, 'state'> | undefined): void {
  history.replaceState(null, '', returnAddress(user?.state));
}

/** How long a sign-out waits for the pool to forget the refresh token. Offline, it ends here all the same. */
const REVOKE_MS = 2000;

/** Stop the page's work, end the refresh token, forget tokens and drafts, and leave the sign-in's own session, too. */
export async function signOut(manager: UserManager, session: Session, config: PortalConfig): Promise<void> {
  session.leave();
  const revoked = manager.revokeTokens().catch(() => undefined);
  await Promise.race([revoked, new Promise((resolve) => setTimeout(resolve, REVOKE_MS))]);
  await manager.removeUser();
  clearStored(sessionStorage, DRAFT_PREFIX);
  const address = new URL(config.signIn.logoutUrl);
  address.searchParams.set('client_id', config.clientId);
  address.searchParams.set('logout_uri', `${location.origin}/`);
  // Who comes back by the browser's own button may meet this page as it was left, with nobody signed in: it starts anew.
  addEventListener('pageshow', () => {
    location.reload();
  });
  location.assign(address);
}

/** Only a path of this page: a state that somebody tampered with leads nowhere else. */
export function returnAddress(state: unknown): string {
  const kept = typeof state === 'object' && state !== null ? (state as { returnTo?: unknown }).returnTo : undefined;
  if (typeof kept !== 'string' || !/^\/(?![/\\])/.test(kept) || kept.startsWith('/callback')) return '/';
  return kept;
}
