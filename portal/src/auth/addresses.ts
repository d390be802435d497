import type { PortalConfig } from '../app/config';

export const CALLBACK_PATH = '/callback';

/** Only a path of this page: a state that somebody tampered with leads nowhere else. */
export function returnAddress(state: unknown): string {
  const kept = typeof state === 'object' && state !== null ? (state as { returnTo?: unknown }).returnTo : undefined;
  if (typeof kept !== 'string' || !/^\/(?![/\\])/.test(kept) || kept.startsWith(CALLBACK_PATH)) return '/';
  return kept;
}

/** Where the sign-in's own session is left; it leads back to this page. */
export function logoutAddress(config: PortalConfig): URL {
  const address = new URL(config.signIn.logoutUrl);
  address.searchParams.set('client_id', config.clientId);
  address.searchParams.set('logout_uri', `${location.origin}/`);
  return address;
}
