import { earlyAnswer } from '../app/early';
import type { Session } from '../auth/session';
import { PortalError } from '../shared/errors';
import { ApiError, errorOf } from './problem';
import type { AnswerOf, BodyOf, PathOf, QueryOf, VariablesOf } from './typed';
import type {
  Change,
  Database,
  Decided,
  Detail,
  DriftFinding,
  Execution,
  ExecutionStatus,
  ExecutionSummary,
  Findings,
  Held,
  Hold,
  ListedShare,
  Me,
  Narrowed,
  NewDecision,
  NewRequest,
  OneShare,
  Outcome,
  Preview,
  Revoke,
  Question,
  Share,
  SharesView,
  Source,
  Summary,
  Table,
  TableDetail,
  Target,
  ToDecide,
  View,
  Wish,
} from './types';

export const PAGE_SIZE = 25;

/** Part of a list, and where the next part begins; `null`: there is none. */
export interface PageOf<T> {
  items: T[];
  next: string | null;
}

/** What became of asking: the request, and whether it is new; otherwise one that asks for the same was open already. */
export interface Created {
  request: Detail;
  made: boolean;
}

type Tokens = Pick<Session, 'accessToken' | 'renew' | 'end'>;

/** The API of this stack. `next`: where the page before it ended. */
export class Api {
  constructor(
    private readonly base: string,
    private readonly session: Tokens,
  ) {}

  /** Ask for access. The same `client_token` with the same content never makes a second request. */
  async create(request: NewRequest): Promise<Created> {
    const response = await this.#answer('POST', '/requests', { body: request });
    return { request: await read<Detail>(response), made: response.status === 201 };
  }

  /** What would become of a request, without making one. */
  preview(source: Source, target: Target, wish: Wish, signal?: AbortSignal): Promise<Preview> {
    return this.#post('/requests/preview', { body: { source, target, ...wish }, signal });
  }

  /** A page of requests, newest first. */
  async list(view: View, next: string | null, signal?: AbortSignal): Promise<PageOf<Summary>> {
    const page = await this.#get('/requests', {
      query: { limit: PAGE_SIZE, ...selector(view), ...from(next) },
      signal,
    });
    return { items: page.requests, next: page.next };
  }

  /** One request; only its requester and auditors find it. */
  get(id: string, signal?: AbortSignal): Promise<Detail> {
    return this.#get('/requests/{id}', { variables: { id }, signal });
  }

  /** Give back what a request was granted; for its requester. Doing it twice is no error. */
  giveBack(id: string, reason: string): Promise<Share> {
    return this.#post('/shares/{id}/give-back', { variables: { id }, body: { reason } });
  }

  /** What the person is in this stack, and so what there is for them to see. */
  me(signal?: AbortSignal): Promise<Me> {
    return this.#get('/me', { signal });
  }

  /** A page of shares, newest first. */
  async shares(
    view: SharesView,
    next: string | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<PageOf<ListedShare>> {
    const page = await this.#get('/shares', { query: { limit, ...view, ...from(next) }, signal });
    return { items: page.shares, next: page.next };
  }

  share(id: string, signal?: AbortSignal): Promise<OneShare> {
    return this.#get('/shares/{id}', { variables: { id }, signal });
  }

  /** Have a share delivered again, within a minute; for its requester and people bound to its account. */
  deliver(id: string): Promise<OneShare> {
    return this.#post('/shares/{id}/deliver', { variables: { id }, body: {} });
  }

  /** End a share, or hold its data; with `dry_run` only say what would end. For the owner's approvers. */
  revoke(id: string, body: Revoke): Promise<Outcome> {
    return this.#post('/shares/{id}/revoke', { variables: { id }, body });
  }

  /** What is held: all of it, or of an owner's data. */
  async holds(owner: string | null, signal?: AbortSignal): Promise<Hold[]> {
    return (await this.#get('/holds', { query: owner === null ? {} : { owner }, signal })).holds;
  }

  /** Hold data or an account; with `dry_run` only say what would end. */
  hold(on: Held, reason: string, dryRun: boolean): Promise<Outcome> {
    return this.#post('/holds', { body: { ...heldFields(on), reason, dry_run: dryRun } });
  }

  lift(on: Held, reason: string): Promise<Outcome> {
    return this.#post('/holds/lift', { body: { ...heldFields(on), reason } });
  }

  /** A page of what has happened to shares and holds, newest first. */
  async changes(
    days: number,
    only: Narrowed,
    next: string | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<PageOf<Change> & { unreadable: number }> {
    const page = await this.#get('/changes', { query: { days, limit, ...only, ...from(next) }, signal });
    return { items: page.changes, next: page.next, unreadable: page.unreadable };
  }

  /** What waits for the signed-in person's decision. */
  decisions(signal?: AbortSignal): Promise<ToDecide> {
    return this.#get('/decisions', { signal });
  }

  /** What a decision on a request is about; for those who decide on it. */
  question(id: string, signal?: AbortSignal): Promise<Question> {
    return this.#get('/requests/{id}/decision', { variables: { id }, signal });
  }

  /** Decide on a request. Doing the same twice is no error. */
  decide(id: string, decision: NewDecision): Promise<Decided> {
    return this.#post('/requests/{id}/decision', { variables: { id }, body: decision });
  }

  /** What drift found: everything for those who watch, of their own data for owners. */
  findings(signal?: AbortSignal): Promise<AnswerOf<'/findings', 'get'>> {
    return this.#get('/findings', { signal });
  }

  /** Do something about a finding, as it looked like when its `digest` was read. */
  settle(id: string, wish: BodyOf<'/findings/{id}/settle'>): Promise<DriftFinding> {
    return this.#post('/findings/{id}/settle', { variables: { id }, body: wish });
  }

  /** A page of databases. */
  async databases(next: string | null, signal?: AbortSignal): Promise<PageOf<Database>> {
    const page = await this.#get('/catalogue/databases', { query: from(next), signal });
    return { items: page.databases, next: page.next };
  }

  database(name: string, signal?: AbortSignal): Promise<Database> {
    return this.#get('/catalogue/database', { query: { name }, signal });
  }

  /** A page of a database's tables, each with the owner that it names itself. */
  async tables(database: string, next: string | null, signal?: AbortSignal): Promise<PageOf<Table>> {
    const page = await this.#get('/catalogue/tables', { query: { database, ...from(next) }, signal });
    return { items: page.tables, next: page.next };
  }

  /** One table, with as many of its columns as fit into an answer. */
  table(database: string, name: string, next: string | null, signal?: AbortSignal): Promise<TableDetail> {
    return this.#get('/catalogue/table', { query: { database, name, ...from(next) }, signal });
  }

  /** Databases and tables with all words of `text`, or what these may have been meant for. */
  search(text: string, signal?: AbortSignal): Promise<Findings> {
    return this.#get('/search', { query: { q: text }, signal });
  }

  /** A page of executions, newest first. `PENDING_REDRIVE` cannot be asked for. */
  async executions(
    status: Exclude<ExecutionStatus, 'PENDING_REDRIVE'> | null,
    next: string | null,
    signal?: AbortSignal,
  ): Promise<PageOf<ExecutionSummary>> {
    const query = { limit: PAGE_SIZE, ...(status === null ? {} : { status }), ...from(next) };
    const page = await this.#get('/executions', { query, signal });
    return { items: page.executions, next: page.next };
  }

  /** One execution, by its name, which is the request's id. */
  execution(name: string, signal?: AbortSignal): Promise<Execution> {
    return this.#get('/executions/{name}', { variables: { name }, signal });
  }

  #get<P extends PathOf<'get'>>(path: P, options: GetOptions<P>): Promise<AnswerOf<P, 'get'>> {
    const { query, variables, signal } = options as GetOptions<'/requests'> & { variables?: Record<string, string> };
    const address = addressOf(path, variables);
    const given = Object.entries(query ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return this.#call('GET', given.length === 0 ? address : `${address}?${given.join('&')}`, { signal });
  }

  #post<P extends PathOf<'post'>>(path: P, options: PostOptions<P>): Promise<AnswerOf<P, 'post'>> {
    const { body, variables, signal } = options as Options & { variables?: Record<string, string> };
    return this.#call('POST', addressOf(path, variables), { body, signal });
  }

  async #call<T>(method: string, path: string, options: Options): Promise<T> {
    return read<T>(await this.#answer(method, path, options));
  }

  /** An answer that is no problem. */
  async #answer(method: string, path: string, options: Options): Promise<Response> {
    let response = await this.#send(method, path, options, await this.session.accessToken());
    if (response.status === 401) {
      // Perhaps the clocks differ, or the pool revoked the token: a fresh one settles it.
      response = await this.#send(method, path, options, (await this.session.renew()).access_token);
      if (response.status === 401) throw this.session.end();
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  async #send(method: string, path: string, { body, signal }: Options, token: string): Promise<Response> {
    const early = method === 'GET' ? earlyAnswer(path, token) : undefined;
    try {
      if (early !== undefined) return await early;
      // How long an answer is kept, the API says: a minute in the catalogue, not at all elsewhere.
      return await fetch(this.base + path, {
        method,
        signal: signal ?? null,
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

function addressOf(path: string, variables: Record<string, string> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(variables[name] ?? ''));
}

async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw new ApiError('fault', response.status, 'The answer of Lakeshare cannot be read.', { cause: error });
  }
}

interface Options {
  body?: unknown;
  signal?: AbortSignal | undefined;
}

type GetOptions<P extends PathOf<'get'>> = {
  query?: QueryOf<P>;
  signal?: AbortSignal | undefined;
} & OfPath<P, 'get'>;

type PostOptions<P extends PathOf<'post'>> = {
  body: BodyOf<P>;
  signal?: AbortSignal | undefined;
} & OfPath<P, 'post'>;

type OfPath<P extends PathOf<M>, M extends 'get' | 'post'> =
  VariablesOf<P, M> extends undefined ? object : { variables: VariablesOf<P, M> };

function heldFields({ consumer, owner, source }: Held): Pick<Held, 'consumer' | 'owner' | 'source'> {
  return { consumer, owner, source };
}

function from(next: string | null): { next?: string } {
  return next === null ? {} : { next };
}

function selector(view: View): QueryOf<'/requests'> {
  switch (view.kind) {
    case 'mine':
      return { view: 'mine' };
    case 'account':
      return { account_id: view.accountId };
    case 'owner':
      return { owner: view.owner };
    case 'status':
      return { status: view.status };
  }
}
