import { ErrorResponse, User, type UserManager } from 'oidc-client-ts';
import { describe, expect, test, vi } from 'vitest';
import { returnAddress } from '../src/auth/redirect';
import { Session } from '../src/auth/session';
import { SignedOut } from '../src/shared/errors';

const NOW = 1_800_000_000;

function user(secondsLeft: number, refresh: string | null = 'refresh'): User {
  return new User({
    access_token: `access-${secondsLeft}`,
    id_token: `id-${secondsLeft}`,
    token_type: 'Bearer',
    expires_at: NOW + secondsLeft,
    profile: { sub: 's', iss: 'i', aud: 'a', exp: NOW + secondsLeft, iat: NOW + secondsLeft - 3600 },
    ...(refresh === null ? {} : { refresh_token: refresh }),
  });
}

function sessionWith(current: User | null, silent: () => Promise<User | null> = () => Promise.resolve(user(3600))) {
  const signinSilent = vi.fn(silent);
  const manager = { getUser: () => Promise.resolve(current), signinSilent } as unknown as UserManager;
  return { session: new Session(manager, () => NOW * 1000), signinSilent };
}

describe('tokens', () => {
  test('one that holds is used', async () => {
    const { session, signinSilent } = sessionWith(user(600));
    expect(await session.accessToken()).toBe('access-600');
    expect(signinSilent).not.toHaveBeenCalled();
  });

  test('one that runs out is renewed first, by one call for all', async () => {
    const { session, signinSilent } = sessionWith(user(10));
    expect(await Promise.all([session.accessToken(), session.accessToken()])).toEqual(['access-3600', 'access-3600']);
    expect(signinSilent).toHaveBeenCalledTimes(1);
  });

  test('of one that lives for seconds, only the last quarter is spared', async () => {
    const short = user(15);
    short.profile.iat = NOW - 5;
    const { session, signinSilent } = sessionWith(short);
    expect(await session.accessToken()).toBe('access-15');
    expect(signinSilent).not.toHaveBeenCalled();
  });
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
    const { session } = sessionWith(user(0, null));
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
