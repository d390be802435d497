import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Api } from '../src/api/client';
import { ApiError } from '../src/api/problem';
import { PortalError, SignedOut, troubleOf } from '../src/shared/errors';
import { preview, share } from './support/requests';

const SOURCE = { database: 'retail', table: 'customer' };
const fetching = vi.fn<typeof fetch>();
const session = { accessToken: vi.fn(), renew: vi.fn(), end: vi.fn() };
const api = new Api('/api', session);

function problem(status: number, document: unknown, type = 'application/problem+json'): Response {
  return new Response(JSON.stringify(document), { status, headers: { 'content-type': type } });
}

async function failure(answer: Response): Promise<ApiError> {
  fetching.mockResolvedValue(answer);
  const error: unknown = await api.get('r1').catch((reason: unknown) => reason);
  if (!(error instanceof ApiError)) throw new Error(`An ApiError was expected, got ${String(error)}.`);
  return error;
}

beforeEach(() => {
  fetching.mockReset();
  vi.stubGlobal('fetch', fetching);
  session.accessToken.mockResolvedValue('token');
  session.renew.mockResolvedValue({ access_token: 'fresh' });
  session.end.mockReturnValue(new SignedOut());
});

describe('what is sent', () => {
  test('the access token, and what is asked', async () => {
    fetching.mockResolvedValue(Response.json(preview()));
    await api.preview(SOURCE, { account_id: '999999999999' }, { days: 90 });
    const [address, init] = fetching.mock.calls[0] ?? [];
    expect(address).toBe('/api/requests/preview');
    expect(new Headers(init?.headers).get('authorization')).toBe('Bearer token');
    expect(JSON.parse(init?.body as string)).toEqual({
      source: SOURCE,
      target: { account_id: '999999999999' },
      days: 90,
    });
  });

  test('a share that is given back, by its id', async () => {
    fetching.mockResolvedValue(Response.json(share()));
    await api.giveBack('r1:1', 'No use.');
    const [address, init] = fetching.mock.calls[0] ?? [];
    expect([init?.method, address]).toEqual(['POST', '/api/shares/r1%3A1/give-back']);
    expect(JSON.parse(init?.body as string)).toEqual({ reason: 'No use.' });
  });

  test.each([
    [{ kind: 'mine' } as const, 'limit=25&view=mine&next=a%2Fb'],
    [{ kind: 'account', accountId: '999999999999' } as const, 'limit=25&account_id=999999999999&next=a%2Fb'],
    [{ kind: 'status', status: 'DENIED' } as const, 'limit=25&status=DENIED&next=a%2Fb'],
  ])('a list %o', async (view, query) => {
    fetching.mockResolvedValue(Response.json({ requests: [], next: null }));
    await api.list(view, 'a/b');
    expect(fetching.mock.calls[0]?.[0]).toBe(`/api/requests?${query}`);
  });
});

describe('the catalogue and the executions', () => {
  test.each([
    [() => api.databases(null), '/api/catalogue/databases'],
    [() => api.databases('a+b'), '/api/catalogue/databases?next=a%2Bb'],
    [() => api.database('a/b ..'), '/api/catalogue/database?name=a%2Fb%20..'],
    [() => api.tables('a&b', 'x'), '/api/catalogue/tables?database=a%26b&next=x'],
    [() => api.table('a', 'ü?#', null), '/api/catalogue/table?database=a&name=%C3%BC%3F%23'],
    [() => api.executions('FAILED', null), '/api/executions?limit=25&status=FAILED'],
    [() => api.execution('a b'), '/api/executions/a%20b'],
  ])('names may hold any character: %#', async (read, address) => {
    fetching.mockResolvedValue(Response.json({}));
    await read();
    expect(fetching.mock.calls[0]?.[0]).toBe(address);
    expect(fetching.mock.calls[0]?.[1]).not.toHaveProperty('cache');
  });
});

describe('errors', () => {
  test('problem details are taken up', async () => {
    const errors = [{ field: 'target.account_id', message: 'It has 12 digits.' }, 'nonsense'];
    const error = await failure(problem(400, { title: 'Bad', detail: 'Look again.', reason: 'InvalidTarget', errors }));
    expect(error).toMatchObject({ trouble: 'invalid', message: 'Look again.', reason: 'InvalidTarget' });
    expect(error.fields).toEqual([{ field: 'target.account_id', message: 'It has 12 digits.' }]);
  });

  test.each([
    [403, 'forbidden'],
    [404, 'not-found'],
    [409, 'conflict'],
    [429, 'busy'],
    [500, 'fault'],
    [503, 'busy'],
  ])('%i is %s', async (status, trouble) => {
    expect((await failure(problem(status, { title: 'x' }))).trouble).toBe(trouble);
  });

  test('what a gateway says is not shown', async () => {
    const error = await failure(
      new Response('<html>secret</html>', { status: 502, headers: { 'content-type': 'text/html' } }),
    );
    expect(error.message).not.toContain('secret');
    expect((await failure(problem(403, { detail: 'secret' }, 'application/json'))).message).not.toContain('secret');
  });

  test('no connection', async () => {
    fetching.mockRejectedValue(new TypeError('Failed to fetch'));
    const error: unknown = await api.get('r1').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PortalError);
    expect(troubleOf(error)).toBe('offline');
  });

  test('an answer that is no JSON', async () => {
    fetching.mockResolvedValue(new Response('oops'));
    await expect(api.get('r1')).rejects.toMatchObject({ trouble: 'fault' });
  });
});

describe('a session that runs out', () => {
  test('a 401 is tried once more with a fresh token', async () => {
    fetching
      .mockResolvedValueOnce(new Response('', { status: 401 }))
      .mockResolvedValueOnce(Response.json({ id: 'r1' }));
    await api.get('r1');
    expect(new Headers(fetching.mock.calls[1]?.[1]?.headers).get('authorization')).toBe('Bearer fresh');
    expect(session.end).not.toHaveBeenCalled();
  });

  test('a second 401 ends the session', async () => {
    fetching.mockImplementation(() => Promise.resolve(new Response('', { status: 401 })));
    await expect(api.get('r1')).rejects.toBeInstanceOf(SignedOut);
    expect(fetching).toHaveBeenCalledTimes(2);
  });
});
