import type { Ending, Ground } from '../src/api/types';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test } from 'vitest';
import { ApiError } from '../src/api/problem';
import { PortalError, SignedOut } from '../src/shared/errors';
import { type EndDraft, USUAL, checkEnd } from '../src/ask/ending';
import { because, headline } from '../src/ask/wording';
import { axeFaults } from './support/axe';
import { fakes, loadPages, renderAt } from './support/page';
import { detail, preview } from './support/requests';
import { ME } from './support/shares';

beforeAll(loadPages, 120_000);

const ADDRESS = '/databases/retail/tables/customer/request';
const account = () => screen.findByRole('textbox', { name: 'Account that gets access' });
const purpose = () => screen.getByRole('textbox', { name: /^Purpose/ });
const send = () => screen.getByRole('button', { name: /Send the request|Get access/ });

async function choose(kind: string) {
  await userEvent.click(screen.getByRole('button', { name: /^How long/ }));
  await userEvent.click(await screen.findByRole('option', { name: kind }));
}

describe('what an end must be', () => {
  const now = Date.parse('2026-11-29T12:00:00Z');
  test.each<[Partial<EndDraft>, string | null, Ending | null, RegExp]>([
    [{}, null, {}, /^$/],
    [{ endKind: 'until', until: '2026-11-29' }, null, { until: '2026-11-29' }, /^$/],
    [{ endKind: 'until', until: '2026-11-28' }, null, null, /is over/],
    [{ endKind: 'until', until: '2026-02-30' }, null, null, /no day/],
    [{ endKind: 'until', until: '2026-1' }, null, null, /no day/],
    [{ endKind: 'until', until: '' }, null, null, /until which day/],
    [{ endKind: 'until', until: '2036-12-31' }, null, null, /at most 3,660 days away/],
    [{ endKind: 'until', until: '2027-02-28' }, '2027-02-27', null, /end of 27 Feb 2027 \(UTC\) at the latest/],
    [{ endKind: 'until', until: '2027-02-27' }, '2027-02-27', { until: '2027-02-27' }, /^$/],
    [{ endKind: 'days', days: ' 90 ' }, null, { days: 90 }, /^$/],
    [{ endKind: 'days', days: '3660' }, null, { days: 3660 }, /^$/],
    [{ endKind: 'days', days: '3661' }, null, null, /whole number/],
    [{ endKind: 'days', days: '0' }, null, null, /whole number/],
    [{ endKind: 'days', days: '-1' }, null, null, /whole number/],
    [{ endKind: 'days', days: '1.5' }, null, null, /whole number/],
    [{ endKind: 'days', days: '' }, null, null, /how many days/],
  ])('%o', (draft, latest, ending, error) => {
    const checked = checkEnd({ ...USUAL, ...draft }, latest, now);
    expect(checked.ending).toEqual(ending);
    expect(checked.error).toMatch(error);
  });
});

describe('what will happen, in a sentence', () => {
  test('shared, asked, refused', () => {
    expect(headline(preview({ outcome: 'grant', grounds: [], grounds_total: 0 }))).toBe('Shared at once');
    expect(headline(preview())).toBe(
      'Goes to Retail - Reviews for approval, because customer.c_email_address is personal data',
    );
    expect(headline(preview({ outcome: 'shared' }))).toBe('Shared already');
    expect(headline(preview({ outcome: 'refused' }))).toBe('Cannot be shared like this');
  });

  test('several grounds, and unreadable ones', () => {
    const ground: Ground = { rule: 'DatabaseFlagged', text: 'the database' };
    expect(because([ground], 1)).toBe('because the database as a whole is personal data');
    expect(because([ground], 40)).toBe('because the database as a whole and 39 more count as personal data');
    expect(because([{ rule: 'UnreadableFlag', table: 't', column: 'c', text: '' }], 1)).toContain(
      'flag of t.c cannot be read',
    );
    expect(because([{ rule: 'ColumnsUnreadable', table: 't', text: '' }], 1)).toContain('columns of t cannot be read');
    expect(because([{ rule: 'SchemaElsewhere', table: 't', text: '' }], 1)).toBe(
      'because t has columns that the catalogue does not list',
    );
    expect(because([{ rule: 'PiiColumnsUnreadable', table: 't', text: '' }], 1)).toContain('pii_columns of t cannot');
    expect(because([{ rule: 'View', table: 't', text: '' }], 1)).toContain('t is a view');
    expect(because([], 0)).toBe('because it counts as personal data');
  });
});

describe('the form', () => {
  test('from the account to the request', async () => {
    const given = fakes();
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '9999-9999-9999');
    expect(await screen.findByText(/Goes to Retail - Reviews for approval/)).toBeVisible();
    expect(await axeFaults()).toEqual([]);
    await userEvent.type(purpose(), 'A churn model');
    await userEvent.click(send());
    await waitFor(() => {
      expect(screen.getByTestId('address')).toHaveTextContent('/requests/r1');
    });
    expect(given.api.create).toHaveBeenCalledWith({
      client_token: expect.stringMatching(/^[A-Za-z0-9_-]{8,64}$/) as string,
      source: { database: 'retail', table: 'customer' },
      target: { account_id: '999999999999' },
      purpose: 'A churn model',
    });
    expect(given.api.preview).toHaveBeenLastCalledWith(
      { database: 'retail', table: 'customer' },
      { account_id: '999999999999' },
      {},
      expect.anything(),
    );
    expect(sessionStorage).toHaveLength(0);
  });

  test('whoever is bound to accounts chooses one of these', async () => {
    const given = fakes();
    given.api.me.mockResolvedValue({ ...ME, accounts: ['888888888888', '999999999999'] });
    localStorage.setItem('lakeshare.account', '777777777777');
    renderAt(ADDRESS, given);
    await userEvent.click(await screen.findByRole('button', { name: /^Account that gets access/ }));
    expect(await screen.findByRole('option', { name: '888888888888' })).toBeVisible();
    expect(screen.getAllByRole('option')).toHaveLength(2);
    expect(given.api.preview).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('option', { name: '999999999999' }));
    expect(await screen.findByText(/Goes to Retail - Reviews for approval/)).toBeVisible();
    expect(await axeFaults()).toEqual([]);
    await userEvent.type(purpose(), 'A churn model');
    await userEvent.click(send());
    await waitFor(() => {
      expect(given.api.create).toHaveBeenCalledWith(
        expect.objectContaining({ target: { account_id: '999999999999' } }),
      );
    });
  });

  test.each<[string[], RegExp]>([
    [['888888888888'], /^Account that gets access.*888888888888/],
    [[], /^Account that gets access.*Choose an account/],
  ])('of accounts %j that somebody is bound to', async (accounts, shown) => {
    const given = fakes();
    given.api.me.mockResolvedValue({ ...ME, accounts });
    renderAt(ADDRESS, given);
    const field = await screen.findByRole('button', { name: shown });
    expect(screen.queryByText(/^You are bound to no account/) === null).toBe(accounts.length === 1);
    if (accounts.length === 0) {
      await userEvent.click(send());
      expect(field).toHaveFocus();
      expect(given.api.create).not.toHaveBeenCalled();
    }
  });

  test('who asks the same again is led to the open request, and told so', async () => {
    const given = fakes();
    given.api.create.mockResolvedValueOnce({ request: detail(), made: false });
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await userEvent.type(purpose(), 'A churn model');
    await userEvent.click(send());
    expect(await screen.findByText('You have asked for this already')).toBeVisible();
    expect(screen.getByTestId('address')).toHaveTextContent('/requests/r1');
  });

  test('an end of one’s own is looked at with the rest, and sent', async () => {
    const given = fakes();
    const term = { until: null, days: 90, text: 'for 90 days' };
    given.api.preview.mockResolvedValue(preview({ outcome: 'grant', term, latest_day: '2999-11-24' }));
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    expect(await screen.findByText('Access for 90 days.')).toBeVisible();
    expect(screen.getByText(/^That is for 90 days. At the latest, .* 24 Nov 2999/)).toBeVisible();
    await choose('Until a day');
    await userEvent.click(send());
    const day = screen.getByRole('textbox', { name: 'Last day' });
    expect(day).toHaveFocus();
    expect(day).toHaveAccessibleDescription(/Say until which day/);
    await userEvent.type(day, '20351125');
    expect(await axeFaults()).toEqual([]);
    await waitFor(() => {
      expect(given.api.preview.mock.lastCall).toEqual([
        { database: 'retail', table: 'customer' },
        { account_id: '999999999999' },
        { until: '2035-11-25' },
        expect.anything(),
      ]);
    });
    await userEvent.click(send());
    expect(given.api.create).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ until: '2035-11-25' }));
  });

  test('days are sent as a number, and kept in the draft', async () => {
    const given = fakes();
    const page = renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await choose('For a number of days');
    await userEvent.type(screen.getByRole('textbox', { name: 'Days' }), '30');
    await userEvent.type(purpose(), 'A churn model');
    page.unmount();
    renderAt(ADDRESS, given);
    expect(await screen.findByRole('textbox', { name: 'Days' })).toHaveValue('30');
    await userEvent.click(send());
    expect(given.api.create).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ days: 30 }));
  });

  test('what the API says of an end stands beside it', async () => {
    const given = fakes();
    const fields = [{ field: 'days', message: 'This data is shared for 90 days at most.' }];
    given.api.create.mockRejectedValueOnce(new ApiError('invalid', 422, 'x', { fields, reason: 'EndTooLate' }));
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await choose('For a number of days');
    const days = screen.getByRole('textbox', { name: 'Days' });
    await userEvent.type(days, '91');
    await userEvent.type(purpose(), 'A churn model');
    await userEvent.click(send());
    await waitFor(() => {
      expect(days).toHaveAccessibleDescription(/for 90 days at most/);
    });
  });

  test('the account is remembered', async () => {
    localStorage.setItem('lakeshare.account', '999999999999');
    renderAt(ADDRESS);
    expect(await account()).toHaveValue('999999999999');
  });

  test('a wrong account is not sent, and gets the focus', async () => {
    const given = fakes();
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '12345');
    expect(screen.getByText('5 of 12 digits')).toBeVisible();
    await userEvent.click(send());
    expect(screen.getByText(/this has 5/)).toBeVisible();
    expect(await account()).toHaveFocus();
    await userEvent.type(await account(), 'x');
    expect(await screen.findByText('An account id has digits only.')).toBeVisible();
    expect(given.api.create).not.toHaveBeenCalled();
    expect(given.api.preview).not.toHaveBeenCalled();
  });

  test('who is asked wants to know why', async () => {
    const given = fakes();
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await screen.findByText(/Goes to Retail/);
    await userEvent.click(send());
    expect(screen.getByText(/The owner decides on it/)).toBeVisible();
    expect(purpose()).toHaveFocus();
    expect(given.api.create).not.toHaveBeenCalled();
  });

  test('a purpose that is too long', async () => {
    const given = fakes();
    given.api.preview.mockResolvedValue(preview({ outcome: 'grant', grounds: [], grounds_total: 0 }));
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await userEvent.click(purpose());
    await userEvent.paste('x'.repeat(1001));
    await userEvent.click(send());
    expect(screen.getByText('A purpose has at most 1,000 characters.')).toBeVisible();
    expect(given.api.create).not.toHaveBeenCalled();
  });

  test('what cannot be shared cannot be sent', async () => {
    const given = fakes();
    given.api.preview.mockResolvedValue(preview({ outcome: 'refused', message: 'Nobody owns it.', scope: null }));
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    expect(await screen.findByText('Nobody owns it.')).toBeVisible();
    expect(send()).toHaveAttribute('aria-disabled', 'true');
  });

  test.each([
    [null, false, /already, since .*2026.*, without an end\. No approval was needed\./],
    ['2030-01-02T00:00:00.000Z', true, /until the end of 1 Jan 2030 \(UTC\)\. The owner of the data approved that\./],
  ])('what the account has already is said before anything is sent: until %s', async (until, approved, said) => {
    const given = fakes();
    const already = { account_id: '999999999999', request_id: 'r0', since: '2026-11-24T11:52:09Z', until, approved };
    given.api.preview.mockResolvedValue(preview({ outcome: 'shared', already }));
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    expect(await screen.findByText('Shared already')).toBeVisible();
    expect(screen.getByText(/^Account 999999999999 can read this/)).toHaveTextContent(said);
    expect(screen.queryByText(/The account gets|If it is approved/)).not.toBeInTheDocument();
    expect(screen.getByRole('link', { name: /the request that it came of/ })).toHaveAttribute('href', '/requests/r0');
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(send());
    expect(given.api.create).toHaveBeenCalledOnce();
  });

  test('the server’s word on a field stands at the field', async () => {
    const given = fakes();
    given.api.preview.mockResolvedValue(preview({ outcome: 'grant', grounds: [], grounds_total: 0 }));
    given.api.create.mockRejectedValue(
      new ApiError('invalid', 400, 'Not a consumer.', { reason: 'ConsumerNotAllowed' }),
    );
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await screen.findByText('Shared at once');
    await userEvent.click(send());
    expect(await screen.findByText('Not a consumer.')).toBeVisible();
    expect(await account()).toBeInvalid();
  });
});

describe('what was typed is not lost', () => {
  test('over an outage: the same token is sent again', async () => {
    const given = fakes();
    given.api.create
      .mockRejectedValueOnce(new PortalError('offline', 'x'))
      .mockResolvedValueOnce({ request: detail(), made: true });
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await userEvent.type(purpose(), 'Why');
    await userEvent.click(send());
    expect(await screen.findByText(/never asks twice/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => {
      expect(given.api.create).toHaveBeenCalledTimes(2);
    });
    const tokens = given.api.create.mock.calls.map(
      ([request]: unknown[]) => (request as { client_token: string }).client_token,
    );
    expect(new Set(tokens).size).toBe(1);
  });

  test.each([
    ['offline', new PortalError('offline', 'x'), false],
    ['an answer of a gateway', new ApiError('busy', 504, 'x'), false],
    ['a fault', new ApiError('fault', 500, 'x'), false],
    ['too many requests', new ApiError('busy', 429, 'Too many.'), true],
    ['not as the API takes it', new ApiError('invalid', 422, 'Not like this.'), true],
  ])('whether it was sent is said only where it is known: %s', async (_, error, known) => {
    const given = fakes();
    given.api.create.mockRejectedValueOnce(error);
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await userEvent.type(purpose(), 'Why');
    await userEvent.click(send());
    const header = known ? 'The request was not sent' : 'It is not known whether the request was sent';
    expect(await screen.findByText(header)).toBeVisible();
    expect(screen.queryByText(/never asks twice/) === null).toBe(known);
  });

  test('over the end of the session: a dialog, the draft, and the way back', async () => {
    const given = fakes();
    given.api.create.mockImplementation(() => Promise.reject(given.session.end()));
    history.replaceState(null, '', ADDRESS);
    const page = renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await userEvent.type(purpose(), 'A long story');
    await userEvent.click(send());
    expect(await screen.findByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
    await userEvent.click(screen.getAllByRole('button', { name: 'Sign in again' }).at(-1) ?? document.body);
    expect(given.manager.signinRedirect).toHaveBeenCalledWith({ state: { returnTo: ADDRESS } });
    page.unmount();
    renderAt(ADDRESS);
    expect(await account()).toHaveValue('999999999999');
    expect(purpose()).toHaveValue('A long story');
  });

  test('another person does not see it', async () => {
    const page = renderAt(ADDRESS);
    await userEvent.type(await account(), '99');
    page.unmount();
    renderAt(ADDRESS, fakes(), { sub: 'somebody else' });
    expect(await account()).toHaveValue('');
  });

  test('a token that was used for something else is told apart', async () => {
    const given = fakes();
    given.api.create
      .mockRejectedValueOnce(new ApiError('conflict', 409, 'x'))
      .mockResolvedValueOnce({ request: detail(), made: true });
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    await userEvent.type(purpose(), 'Why');
    await userEvent.click(send());
    await userEvent.click(await screen.findByRole('button', { name: 'Send it anyway' }));
    await waitFor(() => {
      expect(screen.getByTestId('address')).toHaveTextContent('/requests/r1');
    });
    const tokens = given.api.create.mock.calls.map(
      ([request]: unknown[]) => (request as { client_token: string }).client_token,
    );
    expect(new Set(tokens).size).toBe(2);
  });

  test('an ended session is said where a list cannot be shown', async () => {
    const given = fakes();
    given.api.list.mockRejectedValue(new SignedOut());
    renderAt('/requests', given);
    expect(await screen.findByRole('button', { name: 'Sign in again' })).toBeVisible();
  });
});
