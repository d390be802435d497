import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { PortalConfig } from '../app/config';
import { CALLBACK_PATH } from './addresses';

/**
 * The sign-in: code flow with PKCE at the user pool's own pages.
 *
 * The endpoints come from `config.json`, so nothing has to be discovered. Tokens live in the browser's local storage,
 * where every tab finds them (ADR 35), and are renewed with the refresh token, so no frame is needed. What a sign-in
 * under way keeps is its own tab's.
 */
export function createUserManager(config: PortalConfig): UserManager {
  return new UserManager({
    authority: config.issuer,
    client_id: config.clientId,
    redirect_uri: `${location.origin}${CALLBACK_PATH}`,
    response_type: 'code',
    scope: 'openid email',
    metadata: {
      issuer: config.issuer,
      authorization_endpoint: config.signIn.authorizationEndpoint,
      token_endpoint: config.signIn.tokenEndpoint,
      revocation_endpoint: config.signIn.revocationEndpoint,
    },
    userStore: new WebStorageStateStore({ store: localStorage }),
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    // `Session` renews when a token is asked for, and says so if it cannot; a timer of its own would race with that.
    automaticSilentRenew: false,
    monitorSession: false,
    revokeTokenTypes: ['refresh_token'],
    loadUserInfo: false,
  });
}
