import type { Session } from '../auth/session';
import { PortalError } from '../shared/errors';
import { ApiError, errorOf } from './problem';
import type { Detail, NewRequest, Page, Preview, Source, Target, View } from './types';

export const PAGE_SIZE = 25;

type Tokens = Pick<Session, 'accessToken' | 'renew' | 'end'>;

/** The requests API of this stack. */
export class RequestsApi {
  constructor(
    private readonly base: string,
    private readonly session: Tokens,
  ) {}

  /** Ask for access. The same `client_token` with the same content never makes a second request. */
  create(request: NewRequest): Promise<Detail> {
    return this.#call('POST', '/requests', { body: request });
  }

  /** What would become of a request, without making one. */
  preview(source: Source, target: Target, signal?: AbortSignal): Promise<Preview> {
    return this.#call('POST', '/requests/preview', { body: { source, target }, signal });
  }

  /** A page of requests, newest first. `next`: where the page before it ended. */
  list(view: View, next: string | null, signal?: AbortSignal): Promise<Page> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    if (view.kind === 'mine') query.set('view', 'mine');
    else if (view.kind === 'account') query.set('account_id', view.accountId);
    else query.set('status', view.status);
    if (next !== null) query.set('next', next);
    return this.#call('GET', `/requests?${query}`, { signal });
  }

  /** One request; only its requester and auditors find it. */
  get(id: string, signal?: AbortSignal): Promise<Detail> {
    return this.#call('GET', `/requests/${encodeURIComponent(id)}`, { signal });
  }

  async #call<T>(method: string, path: string, options: Options): Promise<T> {
    let response = await this.#send(method, path, options, await this.session.accessToken());
    if (response.status === 401) {
      // Perhaps the clocks differ, or the pool revoked the token: a fresh one settles it.
      response = await this.#send(method, path, options, (await this.session.renew()).access_token);
      if (response.status === 401) throw this.session.end();
    }
    if (!response.ok) throw await errorOf(response);
    try {
      return (await response.json()) as T;
    } catch (error) {
      throw new ApiError('fault', response.status, 'The answer of the requests API cannot be read.', { cause: error });
    }
  }

  async #send(method: string, path: string, { body, signal }: Options, token: string): Promise<Response> {
    try {
      return await fetch(this.base + path, {
        method,
        signal: signal ?? null,
        cache: 'no-store',
        headers: {
          accept: 'application/json, application/problem+json',
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new PortalError('offline', 'Lakeshare cannot be reached. Check your connection, and try again.', {
        cause: error,
      });
    }
  }
}

interface Options {
  body?: unknown;
  signal?: AbortSignal | undefined;
}
