import { ErrorResponse, type UserManager } from 'oidc-client-ts';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { returnAddress } from '../src/auth/addresses';
import { Session, type SignedIn } from '../src/auth/session';
import { SignedOut } from '../src/shared/errors';

const NOW = 1_800_000_000;
const KEY = 'oidc.user:issuer:client';

function user(secondsLeft: number, more: Partial<SignedIn> = {}, sub = 's'): SignedIn {
  const exp = NOW + secondsLeft;
  return {
    access_token: `access-${secondsLeft}`,
    refresh_token: 'refresh',
    expires_at: exp,
    profile: { sub, iss: 'i', aud: 'a', exp, iat: exp - 3600 },
    ...more,
  };
}

function store(current: SignedIn | null): void {
  if (current === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(current));
}

/** What another tab's change is told by. */
function changed(current: SignedIn | null): void {
  store(current);
  dispatchEvent(new StorageEvent('storage', { key: KEY }));
}

function sessionWith(current: SignedIn | null, silent: () => Promise<SignedIn | null> = () => renewed()) {
  store(current);
  const signinSilent = vi.fn(silent);
  const load = vi.fn(() => Promise.resolve({ signinSilent } as unknown as UserManager));
  return { session: new Session(KEY, load, () => NOW * 1000), signinSilent, load };
}

function renewed(): Promise<SignedIn> {
  store(user(3600));
  return Promise.resolve(user(3600));
}

describe('tokens', () => {
  test('one that holds is used, and nothing of the sign-in is loaded', async () => {
    const { session, load } = sessionWith(user(600));
    expect(await session.accessToken()).toBe('access-600');
    expect(load).not.toHaveBeenCalled();
  });

  test('one that runs out is renewed first, by one call for all', async () => {
    const { session, signinSilent } = sessionWith(user(10));
    expect(await Promise.all([session.accessToken(), session.accessToken()])).toEqual(['access-3600', 'access-3600']);
    expect(signinSilent).toHaveBeenCalledTimes(1);
  });

  test('of two tabs, one renews, and the other uses what it got', async () => {
    const queue: (() => Promise<void>)[] = [];
    const request = (_: string, work: () => Promise<unknown>) =>
      new Promise((resolve, reject) => queue.push(() => work().then(resolve, reject)));
    vi.stubGlobal('navigator', { locks: { request } });
    const tabs = [sessionWith(user(10)), sessionWith(user(10))];
    const asked = tabs.map(({ session }) => session.accessToken());
    for (const next of queue) await next();
    expect(await Promise.all(asked)).toEqual(['access-3600', 'access-3600']);
    expect(tabs.map(({ signinSilent }) => signinSilent.mock.calls.length)).toEqual([1, 0]);
  });

  test('of one that lives for seconds, only the last quarter is spared', async () => {
    const short = user(15);
    short.profile.iat = NOW - 5;
    const { session, signinSilent } = sessionWith(short);
    expect(await session.accessToken()).toBe('access-15');
    expect(signinSilent).not.toHaveBeenCalled();
  });

  test.each(['{', '"text"', '{"access_token":1}', '{"access_token":"x"}', 'null'])(
    'what nobody can read is nobody: %s',
    (text) => {
      localStorage.setItem(KEY, text);
      expect(new Session(KEY, () => Promise.reject(new Error('never'))).user()).toBeNull();
    },
  );
});

describe('the end of a session', () => {
  test('nobody is signed in any more', async () => {
    const { session } = sessionWith(null);
    const heard = vi.fn();
    session.subscribe(heard);
    await expect(session.accessToken()).rejects.toBeInstanceOf(SignedOut);
    await expect(session.accessToken()).rejects.toBeInstanceOf(SignedOut);
    expect(session.hasEnded()).toBe(true);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('no refresh token', async () => {
    const { session } = sessionWith(user(0, { refresh_token: '' }));
    await expect(session.accessToken()).rejects.toBeInstanceOf(SignedOut);
  });

  test('the refresh token does not hold any more', async () => {
    const { session } = sessionWith(user(0), () => Promise.reject(new ErrorResponse({ error: 'invalid_grant' })));
    await expect(session.accessToken()).rejects.toBeInstanceOf(SignedOut);
    expect(session.hasEnded()).toBe(true);
  });

  test('who signs out gets no dialog, and nobody a token', async () => {
    const { session } = sessionWith(user(600));
    const heard = vi.fn();
    session.subscribe(heard);
    session.leave();
    expect(session.hasLeft()).toBe(true);
    await expect(session.accessToken()).rejects.toBeInstanceOf(SignedOut);
    expect(session.end()).toBeInstanceOf(SignedOut);
    expect(session.hasEnded()).toBe(false);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('a sign-in out of reach ends nothing', async () => {
    const { session } = sessionWith(user(0), () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(session.accessToken()).rejects.toMatchObject({ trouble: 'offline' });
    expect(session.hasEnded()).toBe(false);
  });

  test('code of the sign-in that cannot be loaded ends nothing, and is tried again', async () => {
    const { session, load } = sessionWith(user(0));
    load.mockRejectedValueOnce(new TypeError('Failed to fetch dynamically imported module'));
    await expect(session.accessToken()).rejects.toMatchObject({ trouble: 'offline' });
    expect(await session.accessToken()).toBe('access-3600');
  });
});

describe('what another tab does', () => {
  let stop: () => void = () => undefined;
  const startAnew = vi.fn();

  function watched(current: SignedIn | null): Session {
    const { session } = sessionWith(current);
    stop();
    startAnew.mockReset();
    stop = session.watch(startAnew);
    return session;
  }

  beforeEach(() => () => {
    stop();
  });

  test.each([
    ['a sign-out', user(600), null],
    ['a sign-in', null, user(600)],
    ['somebody else', user(600), user(600, {}, 'other')],
  ])('%s: this one starts anew, and gives out no token meanwhile', async (_, before, after) => {
    const session = watched(before);
    changed(after);
    expect(startAnew).toHaveBeenCalledTimes(1);
    await expect(session.accessToken()).rejects.toBeInstanceOf(SignedOut);
  });

  test('a renewal: this one goes on with it', async () => {
    const session = watched(user(600));
    changed(user(3600));
    expect(startAnew).not.toHaveBeenCalled();
    expect(await session.accessToken()).toBe('access-3600');
  });

  test('a new sign-in of the same person revives a session that has ended', async () => {
    const session = watched(user(0, { refresh_token: '' }));
    await expect(session.accessToken()).rejects.toBeInstanceOf(SignedOut);
    expect(session.hasEnded()).toBe(true);
    changed(user(3600));
    expect(session.hasEnded()).toBe(false);
    expect(await session.accessToken()).toBe('access-3600');
  });

  test('what is stored for something else changes nothing', () => {
    watched(user(600));
    store(null);
    dispatchEvent(new StorageEvent('storage', { key: 'lakeshare.mode' }));
    expect(startAnew).not.toHaveBeenCalled();
  });

  test('a page that the browser kept for its way back looks once more', () => {
    watched(user(600));
    store(null);
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }));
    expect(startAnew).not.toHaveBeenCalled();
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    expect(startAnew).toHaveBeenCalledTimes(1);
  });
});

test.each([
  ['/databases/retail?q=x#y', '/databases/retail?q=x#y'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/callback?code=1', '/'],
  [undefined, '/'],
])('after the sign-in, %s leads to %s', (returnTo, address) => {
  expect(returnAddress({ returnTo })).toBe(address);
});
