import type { User, UserManager } from 'oidc-client-ts';
import { PortalError, SignedOut } from '../shared/errors';
import { CALLBACK_PATH, returnAddress } from './addresses';
import { readStored, writeStored } from '../shared/storage';

/** A token that runs out this soon is renewed before it is used. */
const SPARE_SECONDS = 30;
/** Cognito tokens live for at least five minutes; on shorter ones `SPARE_SECONDS` would renew at every call. */
const LONGEST_SPARE = 0.25;
/** How long a sign-out waits for the pool to forget the refresh token. Offline, it ends here all the same. */
const REVOKE_MS = 2000;

/** What is kept of who is signed in, as oidc-client-ts writes it. */
export type SignedIn = Pick<User, 'access_token' | 'refresh_token' | 'expires_at' | 'profile'>;

type Manager = Pick<UserManager, 'signinRedirect' | 'signinRedirectCallback' | 'signinSilent' | 'revokeTokens'>;

/**
 * Who is signed in, in this tab and in all others of this browser: tokens live in its local storage.
 *
 * The sign-in's own code is loaded when it is needed: most pages only read what is stored.
 */
export class Session {
  #ended = false;
  #left = false;
  #renewal: Promise<SignedIn> | undefined;
  #loading: Promise<Manager> | undefined;
  /** Whose page this is. */
  #subject: string | undefined;
  #kept: { text: string | null; user: SignedIn | null } = { text: null, user: null };
  readonly #listeners = new Set<() => void>();

  /**
   * @param key under which oidc-client-ts keeps who is signed in.
   * @param load makes the sign-in.
   * @param now in milliseconds.
   */
  constructor(
    private readonly key: string,
    private readonly load: () => Promise<Manager>,
    private readonly now: () => number = Date.now,
  ) {
    this.#subject = this.user()?.profile.sub;
  }

  /** Who is signed in, perhaps with tokens that have run out. The same object while nothing changes. */
  readonly user = (): SignedIn | null => {
    const text = readStored(localStorage, this.key);
    if (text !== this.#kept.text) this.#kept = { text, user: parsed(text) };
    return this.#kept.user;
  };

  /** Have the sign-in's code ready: a new version of the page may take it away later. */
  prepare(): void {
    this.#manager().catch(() => undefined);
  }

  /** Go to the sign-in, and come back to where the person is now. */
  async signIn(): Promise<void> {
    const state = { returnTo: location.pathname + location.search + location.hash };
    await (await this.#manager()).signinRedirect({ state });
  }

  /** Back from the sign-in: keep the tokens, put the address that was left back, and tell the router how it came. */
  async finishSignIn(): Promise<void> {
    const user = await (await this.#manager()).signinRedirectCallback();
    this.#subject = user.profile.sub;
    history.replaceState({ usr: { signedIn: true } }, '', returnAddress(user.state));
    this.#tell();
  }

  /** End the refresh token, and forget who is signed in, in every tab. */
  async signOut(): Promise<void> {
    this.leave();
    const revoked = this.#manager().then((manager) => manager.revokeTokens(['refresh_token']));
    await Promise.race([revoked.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, REVOKE_MS))]);
    writeStored(localStorage, this.key, null);
  }

  /** The token for the API. */
  async accessToken(): Promise<string> {
    if (this.#ended || this.#left) throw new SignedOut();
    const user = this.user();
    if (user === null) throw this.end();
    return (this.#runsOut(user) ? await this.renew() : user).access_token;
  }

  /**
   * Get fresh tokens with the refresh token: by one call of all tabs, since a refresh token is good once.
   *
   * @throws SignedOut if there is none or it does not hold any more; then the session has ended.
   * @throws PortalError `offline` if the sign-in cannot be reached; the session goes on.
   */
  async renew(): Promise<SignedIn> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** Note that the session has ended; the page then offers to sign in again. */
  end(): SignedOut {
    if (!this.#ended && !this.#left) {
      this.#ended = true;
      this.#tell();
    }
    return new SignedOut();
  }

  /** The person signs out: no token is given to anybody any more. */
  leave(): void {
    this.#left = true;
    this.#tell();
  }

  /**
   * Follow what other tabs do: a new sign-in of the same person revives a session that has ended; where somebody else
   * is signed in, or nobody any more, `startAnew` is called.
   *
   * @returns what stops it.
   */
  watch(startAnew: () => void): () => void {
    const look = (): void => {
      if (this.user()?.profile.sub !== this.#subject) {
        this.leave();
        startAnew();
      } else {
        this.#ended = false;
        this.#tell();
      }
    };
    const stored = ({ key }: StorageEvent): void => {
      if (key === this.key || key === null) look();
    };
    // Nothing is heard by a page that the browser keeps for its own way back.
    const shown = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) look();
    };
    addEventListener('storage', stored);
    addEventListener('pageshow', shown);
    return () => {
      removeEventListener('storage', stored);
      removeEventListener('pageshow', shown);
    };
  }

  readonly hasEnded = (): boolean => this.#ended;

  readonly hasLeft = (): boolean => this.#left;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #manager(): Promise<Manager> {
    this.#loading ??= this.load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  #tell(): void {
    this.#listeners.forEach((listener) => {
      listener();
    });
  }

  #runsOut(user: SignedIn): boolean {
    if (user.expires_at === undefined) return false;
    const left = user.expires_at - this.now() / 1000;
    const issued = user.profile.iat;
    const lifetime = issued > 0 ? user.expires_at - issued : Infinity;
    return left < Math.min(SPARE_SECONDS, lifetime * LONGEST_SPARE);
  }

  async #renew(): Promise<SignedIn> {
    const before = this.user();
    if (!before?.refresh_token) throw this.end();
    try {
      return await oneOfAllTabs(`${this.key} renewal`, async () => {
        const now = this.user();
        if (now !== null && now.access_token !== before.access_token && !this.#runsOut(now)) return now;
        const user = now && (await (await this.#manager()).signinSilent());
        if (user === null) throw this.end();
        return user;
      });
    } catch (error) {
      // An answer of the sign-in is final; anything else is the way to it.
      if (error instanceof SignedOut || (error as Error).name === 'ErrorResponse') throw this.end();
      throw new PortalError('offline', 'The sign-in cannot be reached to renew your session.', { cause: error });
    }
  }
}

/** Whether the address is that of an answer of the sign-in. */
export function comesFromSignIn(): boolean {
  const query = new URLSearchParams(location.search);
  return location.pathname === CALLBACK_PATH && query.has('state') && (query.has('code') || query.has('error'));
}

function parsed(text: string | null): SignedIn | null {
  try {
    const user = JSON.parse(text ?? 'null') as SignedIn | null;
    return typeof user?.access_token === 'string' && typeof user.profile?.sub === 'string' ? user : null;
  } catch {
    return null;
  }
}

/** Does something while no other tab does. */
async function oneOfAllTabs<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? work() : locks.request(name, work);
}
