import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ErrorResponse, User } from 'oidc-client-ts';
import { describe, expect, test, vi } from 'vitest';
import { type Services, ServicesContext, personOf, usePerson } from '../src/app/services';
import { AuthGate } from '../src/auth/AuthGate';
import { createUserManager } from '../src/auth/manager';
import { Session } from '../src/auth/session';
import { signOut, startAnew } from '../src/auth/signOut';
import { axeFaults } from './support/axe';
import { CONFIG } from './support/config';

function user(secondsLeft: number, more: Record<string, unknown> = {}): User {
  const at = Math.floor(Date.now() / 1000) + secondsLeft;
  return new User({
    access_token: 'access',
    id_token: 'id',
    refresh_token: 'refresh',
    token_type: 'Bearer',
    expires_at: at,
    profile: { sub: 's', iss: 'i', aud: 'a', exp: at, iat: at - 3600, email: 'alex@consumer.example', ...more },
  });
}

function Inside() {
  return <p>Inside as {usePerson().label}</p>;
}

async function open(current: User | null) {
  const manager = createUserManager(CONFIG);
  if (current) await manager.storeUser(current);
  const session = new Session(`oidc.user:${CONFIG.issuer}:${CONFIG.clientId}`, () => Promise.resolve(manager));
  const services = { config: CONFIG, session } as unknown as Services;
  const silent = vi.spyOn(manager, 'signinSilent');
  const redirect = vi.spyOn(manager, 'signinRedirect').mockResolvedValue();
  return {
    manager,
    session,
    silent,
    redirect,
    show: () =>
      render(
        <ServicesContext value={services}>
          <AuthGate>
            <Inside />
          </AuthGate>
        </ServicesContext>,
      ),
  };
}

describe('who gets in', () => {
  test('nobody is signed in: the way in, back to the address asked for', async () => {
    history.replaceState(null, '', '/databases/retail?q=x');
    const { show, redirect } = await open(null);
    show();
    await userEvent.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(redirect).toHaveBeenCalledWith({ state: { returnTo: '/databases/retail?q=x' } });
    expect(screen.getByText(/the page that you came for/)).toBeVisible();
    expect(await axeFaults()).toEqual([]);
  });

  test('somebody is', async () => {
    const { show } = await open(user(3600));
    show();
    expect(await screen.findByText('Inside as alex@consumer.example')).toBeVisible();
  });

  test('tokens ran out while the page was closed: they are renewed', async () => {
    const { show, silent, manager } = await open(user(-10));
    silent.mockImplementation(async () => {
      const fresh = user(3600);
      await manager.storeUser(fresh);
      return fresh;
    });
    show();
    expect(await screen.findByText('Inside as alex@consumer.example')).toBeVisible();
  });

  test('they cannot be renewed: the way in', async () => {
    const { show, silent } = await open(user(-10));
    silent.mockRejectedValue(new ErrorResponse({ error: 'invalid_grant' }));
    show();
    expect(await screen.findByRole('button', { name: 'Sign in' })).toBeVisible();
  });

  test('a sign-in that failed says so, and can be tried again', async () => {
    history.replaceState(null, '', '/callback?code=x&state=unknown');
    const { show, redirect } = await open(null);
    show();
    expect(await screen.findByText('The sign-in did not work')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(redirect).toHaveBeenCalledWith({ state: { returnTo: '/' } });
  });
});

test('after the sign-in, the address that was left is back', async () => {
  history.replaceState(null, '', '/callback?code=x&state=y');
  const { manager, show } = await open(null);
  vi.spyOn(manager, 'signinRedirectCallback').mockImplementation(async () => {
    const fresh = user(3600);
    await manager.storeUser(fresh);
    return Object.assign(fresh, { state: { returnTo: '/requests/r1' } });
  });
  show();
  expect(await screen.findByText('Inside as alex@consumer.example')).toBeVisible();
  expect(location.pathname).toBe('/requests/r1');
});

test('the address of the sign-in’s answer, without one, is none', async () => {
  history.replaceState(null, '', '/callback');
  const { show } = await open(user(3600));
  show();
  expect(await screen.findByText('Inside as alex@consumer.example')).toBeVisible();
});

test('sign-out forgets tokens and drafts, and ends the sign-in’s session', async () => {
  const { session } = await open(user(3600));
  sessionStorage.setItem('lakeshare.draft.x', 'typed');
  const assign = vi.fn();
  vi.stubGlobal('location', { origin: 'https://portal.example', assign });
  const fetched = vi.fn(() => Promise.resolve(new Response(null, { status: 200 })));
  vi.stubGlobal('fetch', fetched);
  await signOut(session, CONFIG);
  const [address, call] = fetched.mock.calls[0] as unknown as [string, { body: URLSearchParams }];
  expect(address).toBe('https://sign-in.example/oauth2/revoke');
  expect(Object.fromEntries(call.body)).toMatchObject({ client_id: 'client', token: 'refresh' });
  expect(fetched).toHaveBeenCalledTimes(1);
  expect(String(assign.mock.calls[0]?.[0])).toBe(
    'https://sign-in.example/logout?client_id=client&logout_uri=https%3A%2F%2Fportal.example%2F',
  );
  expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
});

test('what another tab ended is left with all that was typed', () => {
  const reload = vi.fn();
  vi.stubGlobal('location', { reload });
  sessionStorage.setItem('lakeshare.draft.x', 'typed');
  startAnew();
  expect(sessionStorage).toHaveLength(0);
  expect(reload).toHaveBeenCalledTimes(1);
});

test('during a sign-out the page is gone, and no way in is offered yet', async () => {
  const { manager, session, show } = await open(user(3600));
  show();
  expect(await screen.findByText('Inside as alex@consumer.example')).toBeVisible();
  act(() => {
    session.leave();
  });
  expect(screen.getByRole('status')).toHaveTextContent('Signing out');
  await act(() => manager.removeUser());
  expect(screen.queryByRole('button')).toBeNull();
  expect(screen.queryByText(/^Inside/)).toBeNull();
});

test('sign-out works although the pool cannot be reached', async () => {
  const { session } = await open(user(3600));
  const assign = vi.fn();
  vi.stubGlobal('location', { origin: 'https://portal.example', assign });
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  await signOut(session, CONFIG);
  expect(assign).toHaveBeenCalledTimes(1);
  expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
});

test('auditors are those of the configured group', () => {
  const member = user(1, { 'cognito:groups': ['auditors'] });
  expect(personOf(member, 'auditors').isAuditor).toBe(true);
  expect(personOf(member, 'others').isAuditor).toBe(false);
  expect(personOf(member, null).isAuditor).toBe(false);
  expect(personOf(user(1, { email: undefined, 'cognito:username': 'alex' }), null).label).toBe('alex');
});
