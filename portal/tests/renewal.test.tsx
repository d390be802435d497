import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Detail, Ground, Renewed } from '../src/api/types';
import { checkEnd, checkLater } from '../src/ask/ending';
import { because } from '../src/ask/wording';
import { timelineOf } from '../src/request/timeline';
import { axeFaults } from './support/axe';
import { fakes, loadPages, renderAt } from './support/page';
import { detail, preview, share, shared } from './support/requests';

beforeAll(loadPages, 120_000);

const UNTIL = '2999-01-01T00:00:00.000Z';
const lasting = (more: Partial<Detail> = {}) => shared({ share: share({ until: UNTIL }), ...more });
const RENEWED: Renewed = { id: 'r0:1', status: 'ACTIVE', until: UNTIL };

describe('an end that is to be a later one', () => {
  const now = Date.parse('2026-11-29T12:00:00Z');
  test.each([
    ['until', '2026-12-30', false],
    ['until', '2026-12-31', false],
    ['until', '2027-01-01', true],
    ['days', '32', false],
    ['days', '33', true],
    ['usual', '', true],
  ] as const)('%s %s', (endKind, typed, later) => {
    const asked = checkEnd({ endKind, until: typed, days: typed }, null, now);
    const checked = checkLater(asked, '2027-01-01T00:00:00.000Z', now);
    expect(checked).toEqual(
      later ? asked : { ending: null, error: 'It lasts until the end of 31 Dec 2026 (UTC) already.' },
    );
  });

  test('what is no end stays none', () => {
    const wrong = checkEnd({ endKind: 'days', until: '', days: '0' }, null, now);
    expect(checkLater(wrong, UNTIL, now)).toBe(wrong);
  });
});

describe('renewing', () => {
  async function opened(given = fakes()) {
    given.api.get.mockResolvedValue(lasting());
    renderAt('/requests/r1', given);
    await userEvent.click(await screen.findByRole('link', { name: 'Renew' }));
    expect(await screen.findByRole('heading', { name: 'Renew retail.customer' })).toBeVisible();
    return given;
  }

  test('asks for data and account of the share, with a new end', async () => {
    const given = fakes();
    given.api.preview.mockResolvedValue(preview({ outcome: 'grant', grounds: [], grounds_total: 0 }));
    await opened(given);
    given.api.create.mockResolvedValueOnce({
      request: detail({ id: 'r2', renews: { ...RENEWED, id: 'r1:1' } }),
      made: true,
    });
    given.api.get.mockResolvedValue(detail({ id: 'r2', renews: { ...RENEWED, id: 'r1:1' } }));
    expect(screen.getByTestId('address')).toHaveTextContent('/requests/r1/renew');
    expect(screen.getByText('Renews access that lasts until the end of 31 Dec 2998 (UTC).')).toBeVisible();
    expect(screen.queryByRole('textbox', { name: 'Account that gets access' })).toBeNull();
    expect(screen.getByText('999999999999')).toBeVisible();
    expect(await screen.findByText('Renewed at once')).toBeVisible();
    expect(screen.getByRole('heading', { name: 'The account keeps' })).toBeVisible();
    expect(await axeFaults()).toEqual([]);

    await userEvent.click(screen.getByRole('button', { name: /^How long/ }));
    await userEvent.click(await screen.findByRole('option', { name: 'For a number of days' }));
    const days = screen.getByRole('textbox', { name: 'Days' });
    expect(days).toHaveAccessibleDescription(/from when it is renewed/);
    await userEvent.type(days, '30');
    expect(days).toHaveAccessibleDescription(/It lasts until the end of 31 Dec 2998 \(UTC\) already/);
    await userEvent.click(screen.getByRole('button', { name: 'Send the request' }));
    expect(days).toHaveFocus();
    expect(given.api.create).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: /^How long/ }));
    await userEvent.click(await screen.findByRole('option', { name: 'As long as is usual' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Renew' }));
    await waitFor(() => {
      expect(screen.getByTestId('address')).toHaveTextContent(/^\/requests\/r2$/);
    });
    expect(given.api.create).toHaveBeenCalledExactlyOnceWith({
      client_token: expect.any(String) as string,
      source: { database: 'retail', table: 'customer' },
      target: { account_id: '999999999999' },
      purpose: '',
      renews: 'r1:1',
    });
    expect(given.api.preview).toHaveBeenLastCalledWith(
      { database: 'retail', table: 'customer' },
      { account_id: '999999999999' },
      { renews: 'r1:1' },
      expect.anything(),
    );
    const card = within(await screen.findByRole('region', { name: 'Renewal' }));
    expect(card.getByText('This renews access that lasts until the end of 31 Dec 2998 (UTC).')).toBeVisible();
    expect(card.getByRole('link')).toHaveAttribute('href', '/requests/r1');
  });

  test('says what stays if its owner does not agree', async () => {
    await opened();
    expect(await screen.findByText(/Unless they approve, the access stays as it is, until the end of/)).toBeVisible();
    await userEvent.click(screen.getByRole('link', { name: 'Cancel' }));
    expect(screen.getByTestId('address')).toHaveTextContent(/^\/requests\/r1$/);
  });

  test('a renewal and a request for the same data are two drafts', async () => {
    await opened();
    await userEvent.type(await screen.findByRole('textbox', { name: /^Purpose/ }), 'Another year');
    renderAt('/databases/retail/tables/customer/request');
    await screen.findByRole('heading', { name: 'Ask for retail.customer' });
    expect(
      screen.getAllByRole('textbox', { name: /^Purpose/ }).map((field) => (field as HTMLTextAreaElement).value),
    ).toEqual(['Another year', '']);
  });

  test.each<[string, Partial<Detail>]>([
    ['somebody else’s', { mine: false }],
    ['what has no end', { share: share({ until: null }) }],
    ['what is over', { share: share({ until: '2020-01-01T00:00:00.000Z' }) }],
    ['what is being granted', { share: share({ status: 'GRANTING', until: UNTIL }) }],
    ['what has ended', { share: share({ status: 'REVOKED', until: UNTIL }) }],
  ])('is not for %s', async (_, more) => {
    const given = fakes();
    given.api.get.mockResolvedValue(lasting(more));
    const page = renderAt('/requests/r1', given);
    expect(await screen.findByRole('heading', { name: 'Access' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Renew' })).toBeNull();
    page.unmount();
    renderAt('/requests/r1/renew', given);
    expect(await screen.findByText('There is nothing to renew')).toBeVisible();
    expect(screen.queryByRole('button', { name: /Send/ })).toBeNull();
  });
});

describe('a request that renews', () => {
  test.each<[string, Partial<Detail>, Partial<Renewed>, string | RegExp]>([
    ['waits', { status: 'WAITING' }, {}, 'This renews access that lasts until the end of 31 Dec 2998 (UTC).'],
    ['moved the end', { status: 'SHARED' }, {}, /^The same access goes on until the end of 31 Dec 2998 \(UTC\)\./],
    ['took the end away', { status: 'SHARED' }, { until: null }, /^The same access goes on without an end\./],
    ['was denied', { status: 'DENIED' }, {}, 'The access stays as it is, until the end of 31 Dec 2998 (UTC).'],
    ['came too late', { status: 'REFUSED' }, { status: 'REVOKED' }, 'The access that it renews has ended since.'],
    [
      'named nothing',
      { status: 'REFUSED' },
      { status: null, until: null },
      'The access that it was to renew is not known.',
    ],
    ['was shared anew', { status: 'SHARED', share: share() }, { status: 'REVOKED' }, /has taken the place/],
  ])('%s', async (_, more, renewed, text) => {
    const given = fakes();
    given.api.get.mockResolvedValue(detail({ id: 'r2', renews: { ...RENEWED, ...renewed }, ...more }));
    renderAt('/requests/r2', given);
    const card = within(await screen.findByRole('region', { name: 'Renewal' }));
    expect(card.getByText(text)).toBeVisible();
    expect(card.queryAllByRole('link').map((link) => link.getAttribute('href'))).toEqual(
      renewed.status === null ? [] : ['/requests/r0'],
    );
    expect(await axeFaults()).toEqual([]);
  });

  test.each<[Partial<Renewed>, string, boolean]>([
    [{}, 'Shared', false],
    [{ status: 'REVOKING' }, 'Being taken back', true],
    [{ status: 'REVOKED' }, 'Ended', true],
  ])('stands where the share stands that it moved: %o', async (renewed, text, over) => {
    const given = fakes();
    given.api.get.mockResolvedValue(detail({ id: 'r2', status: 'SHARED', renews: { ...RENEWED, ...renewed } }));
    renderAt('/requests/r2', given);
    expect(await screen.findByText(`retail.customer ${over ? 'was' : 'is'} shared with 999999999999`)).toBeVisible();
    expect(within(screen.getByRole('main')).getByRole('status')).toHaveTextContent(`Status: ${text}`);
    expect(screen.queryByRole('link', { name: 'Ask again' }) !== null).toBe(over);
    expect(screen.queryByText('What to do next'), 'all is set up').toBeNull();
  });
});

describe('a share that was renewed', () => {
  test.each([
    ['Renewed by', share({ until: UNTIL, renewed_by: 'r2' })],
    ['Renewed by', share({ status: 'REVOKED', reason: 'Expired', renewed_by: 'r2' })],
    ['Replaced by', share({ status: 'REVOKING', reason: 'Replaced', renewed_by: 'r2' })],
  ])('%s a later request', async (said, renewed) => {
    const given = fakes();
    given.api.get.mockResolvedValue(shared({ share: renewed }));
    renderAt('/requests/r1', given);
    const card = within(await screen.findByRole('region', { name: 'Access' }));
    const link = card.getByRole('link', { name: 'a later request' });
    expect(link).toHaveAttribute('href', '/requests/r2');
    expect(link.closest('li')).toHaveTextContent(`${said} a later request.`);
    expect(await axeFaults()).toEqual([]);
  });

  test('says so in what happened to the request that renewed it', () => {
    const history: Detail['history'] = [{ at: UNTIL, event: 'Renewed', detail: `Until ${UNTIL}.` }];
    expect(timelineOf(detail({ status: 'SHARED', history }))[0]).toMatchObject({
      title: 'The end of the access moved',
      text: 'Access until the end of 31 Dec 2998 (UTC).',
    });
  });
});

describe('data that are not as they were', () => {
  const changed: Ground = { rule: 'ChangedSinceShared', table: 'customer', text: 'customer (not as it was)' };
  const flagged: Ground = { rule: 'ColumnFlagged', table: 'customer', column: 'c_login', text: 'customer.c_login' };

  test.each<[Ground[], number, string]>([
    [[changed], 1, 'because customer is not as it was when it was shared'],
    [[changed, flagged], 2, 'because it is not as it was when it was shared, and customer.c_login is personal data'],
    [
      [changed, flagged],
      9,
      'because it is not as it was when it was shared, and customer.c_login and 7 more count as personal data',
    ],
  ])('%#', (grounds, total, said) => {
    expect(because(grounds, total)).toBe(said);
  });

  test('are why the owner is asked', async () => {
    const given = fakes();
    const found = shared().classification;
    given.api.get.mockResolvedValue(
      shared({ classification: found && { ...found, grounds: [changed], grounds_total: 1 } }),
    );
    renderAt('/requests/r1', given);
    const card = within(await screen.findByRole('region', { name: 'Why the owner is asked' }));
    expect(card.getByText('not as it was when it was shared')).toBeVisible();
  });
});
