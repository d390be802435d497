import { ErrorResponse, type User, type UserManager } from 'oidc-client-ts';
import { PortalError, SignedOut } from '../shared/errors';

/** A token that runs out this soon is renewed before it is used. */
const SPARE_SECONDS = 30;
/** Cognito tokens live for at least five minutes; on shorter ones `SPARE_SECONDS` would renew at every call. */
const LONGEST_SPARE = 0.25;

/** The signed-in person's tokens: renewed when needed, by one call at a time. */
export class Session {
  #ended = false;
  #left = false;
  #renewal: Promise<User> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly manager: UserManager,
    private readonly now: () => number = Date.now,
  ) {}

  /** The token for the API. */
  async accessToken(): Promise<string> {
    return (await this.#user()).access_token;
  }

  /**
   * Get fresh tokens with the refresh token.
   *
   * @throws SignedOut if there is none or it does not hold any more; then the session has ended.
   * @throws PortalError `offline` if the sign-in cannot be reached; the session goes on.
   */
  async renew(): Promise<User> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** Note that the session has ended; the page then offers to sign in again. */
  end(): SignedOut {
    if (!this.#ended && !this.hasLeft()) {
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

  readonly hasEnded = (): boolean => this.#ended;

  readonly hasLeft = (): boolean => this.#left;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    this.#listeners.forEach((listener) => {
      listener();
    });
  }

  async #user(): Promise<User> {
    if (this.#ended || this.hasLeft()) throw new SignedOut();
    const user = await this.manager.getUser();
    if (user === null) throw this.end();
    return this.#runsOut(user) ? this.renew() : user;
  }

  #runsOut(user: User): boolean {
    if (user.expires_at === undefined) return false;
    const left = user.expires_at - this.now() / 1000;
    const issued = user.profile.iat;
    const lifetime = issued > 0 ? user.expires_at - issued : Infinity;
    return left < Math.min(SPARE_SECONDS, lifetime * LONGEST_SPARE);
  }

  async #renew(): Promise<User> {
    const before = await this.manager.getUser();
    if (!before?.refresh_token) throw this.end();
    try {
      const user = await this.manager.signinSilent();
      if (user === null) throw this.end();
      return user;
    } catch (error) {
      // An answer of the sign-in is final; anything else is the way to it.
      if (error instanceof ErrorResponse || error instanceof SignedOut) throw this.end();
      throw new PortalError('offline', 'The sign-in cannot be reached to renew your session.', { cause: error });
    }
  }
}
