import type { PortalConfig } from '../app/config';
import type { Session } from '../auth/session';
import { SignedOut } from '../shared/errors';
import { AwsError, awsErrorOf, offline } from './errors';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Keys that run out this soon are renewed before they are used; of short-lived ones, in the last third of their life. */
const SPARE_MS = 5 * 60_000;

/** AWS keys of the signed-in person, from the identity pool's authenticated role. */
export class CognitoCredentials {
  #identityId: string | undefined;
  #current: { keys: Credentials; renewAt: number } | undefined;
  #pending: Promise<Credentials> | undefined;

  constructor(
    private readonly config: Pick<PortalConfig, 'issuer' | 'identityPoolId' | 'endpoints'>,
    private readonly session: Pick<Session, 'idToken' | 'left'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Keys that hold for a while: kept ones, or new ones fetched by one call at a time. */
  async get(): Promise<Credentials> {
    if (this.#current && this.now() < this.#current.renewAt) return this.#current.keys;
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  /** Forget the keys, because AWS does not take them any more. */
  forget(): void {
    this.#current = undefined;
  }

  async #fetch(): Promise<Credentials> {
    const logins = { [this.config.issuer.replace(/^https?:\/\//, '')]: await this.session.idToken() };
    try {
      return await this.#fetchFor(logins);
    } catch (error) {
      if (!(error instanceof AwsError) || this.#identityId === undefined) throw error;
      // The identity that was kept may be gone: look it up once more.
      this.#identityId = undefined;
      return await this.#fetchFor(logins);
    }
  }

  async #fetchFor(logins: Record<string, string>): Promise<Credentials> {
    this.#identityId ??= (
      await this.#call<{ IdentityId: string }>('GetId', {
        IdentityPoolId: this.config.identityPoolId,
        Logins: logins,
      })
    ).IdentityId;
    const { Credentials: given } = await this.#call<{ Credentials: Given }>('GetCredentialsForIdentity', {
      IdentityId: this.#identityId,
      Logins: logins,
    });
    const keys = {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretKey,
      sessionToken: given.SessionToken,
      expiresAt: given.Expiration * 1000,
    };
    const life = keys.expiresAt - this.now();
    this.#current = { keys, renewAt: keys.expiresAt - Math.min(SPARE_MS, life / 3) };
    return keys;
  }

  async #call<T>(operation: string, body: unknown): Promise<T> {
    let response: Response;
    try {
      response = await fetch(this.config.endpoints.cognitoIdentity, {
        method: 'POST',
        cache: 'no-store',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AWSCognitoIdentityService.${operation}`,
        },
        body: JSON.stringify(body),
        signal: this.session.left,
      });
    } catch (error) {
      if (this.session.left.aborted) throw new SignedOut();
      throw offline(error);
    }
    if (!response.ok) throw await awsErrorOf(response);
    return (await response.json()) as T;
  }
}

interface Given {
  AccessKeyId: string;
  SecretKey: string;
  SessionToken: string;
  /** Seconds since 1970. */
  Expiration: number;
}
