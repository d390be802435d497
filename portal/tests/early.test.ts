import { readFileSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { Api } from '../src/api/client';
import { loadConfig } from '../src/app/config';
import type { Session } from '../src/auth/session';
import { CONFIG } from './support/config';

const START = readFileSync('public/start.js', 'utf8');
const KEY = `oidc.user:${CONFIG.issuer}:${CONFIG.clientId}`;
const PAGE = { databases: [{ name: 'early' }], next: null };

const asked = vi.fn<(address: string, init?: RequestInit) => Promise<Response>>();

/** Runs `public/start.js`, as the page does, with somebody signed in whose token lasts for so many seconds. */
async function start(seconds: number | null, path = '/'): Promise<void> {
  history.replaceState(null, '', path);
  const user = { access_token: 'kept', expires_at: Date.now() / 1000 + (seconds ?? 0) };
  if (seconds !== null) localStorage.setItem(KEY, JSON.stringify(user));
  (0, eval)(START);
  await window.lakeshareEarly?.config;
  await vi.waitFor(() => {
    expect(asked.mock.calls.length).toBeGreaterThan(seconds !== null && seconds > 60 && path === '/' ? 1 : 0);
  });
}

function apiWith(token: string): Api {
  const session = { accessToken: () => Promise.resolve(token) } as unknown as Session;
  return new Api(CONFIG.apiBase, session);
}

beforeEach(() => {
  delete window.lakeshareEarly;
  asked.mockReset();
  asked.mockImplementation((address) =>
    Promise.resolve(new Response(JSON.stringify(address === '/config.json' ? CONFIG : PAGE))),
  );
  vi.stubGlobal('fetch', asked);
});

test('config and the first databases are asked for once, before the page’s script is here', async () => {
  await start(3600);
  expect(document.body.dataset['first']).toBe('catalogue');
  await loadConfig();
  const api = apiWith('kept');
  expect((await api.databases(null)).items).toEqual(PAGE.databases);
  expect(asked.mock.calls.map(([address]) => address)).toEqual([
    '/config.json',
    `${CONFIG.apiBase}/catalogue/databases`,
  ]);
  expect(asked.mock.calls[1]?.[1]?.headers).toMatchObject({ authorization: 'Bearer kept' });
  // Each answer is good once: what is asked for again is asked for anew.
  await api.databases(null);
  expect(asked).toHaveBeenCalledTimes(3);
});

test('an answer to another token is not taken', async () => {
  await start(3600);
  await apiWith('newer').databases(null);
  expect(asked.mock.calls[2]?.[1]?.headers).toMatchObject({ authorization: 'Bearer newer' });
});

test.each([
  ['nobody is signed in', null, '/'],
  ['the token runs out', 30, '/'],
  ['another page', 3600, '/requests'],
])('nothing of the API is asked for: %s', async (_, seconds, path) => {
  await start(seconds, path);
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(asked.mock.calls.map(([address]) => address)).toEqual(['/config.json']);
});

test('what goes wrong early is said by the page', async () => {
  asked.mockImplementation((address) =>
    address === '/config.json' ? Promise.resolve(Response.json(CONFIG)) : Promise.reject(new TypeError('offline')),
  );
  await start(3600);
  await expect(apiWith('kept').databases(null)).rejects.toMatchObject({ trouble: 'offline' });
});
