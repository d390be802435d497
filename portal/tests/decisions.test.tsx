import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test } from 'vitest';
import { ApiError } from '../src/api/problem';
import type { Question } from '../src/api/types';
import { axeFaults } from './support/axe';
import { decidedNow, question, toDecide } from './support/decisions';
import { COLUMNS, PARTS, TABLE, fakes, loadPages, renderAt } from './support/page';

beforeAll(loadPages, 120_000);

const { classification } = question();
const CLASSIFICATION = classification === null ? null : { ...classification, tables_total: 5 };

describe('what waits', () => {
  test('stands together by data, each with a way to it', async () => {
    renderAt('/decisions');
    const customer = within(await screen.findByRole('region', { name: 'retail.customer' }));
    expect(customer.getAllByRole('listitem')).toHaveLength(2);
    expect(customer.getByText('Asked by somebody who started it directly')).toBeVisible();
    expect(within(screen.getByRole('region', { name: 'retail' })).getByText(/The whole database/)).toBeVisible();
    expect(screen.getByText('3 requests to decide')).toBeInTheDocument();
    expect(await axeFaults()).toEqual([]);
    const [first] = customer.getAllByRole('link', { name: /Look and decide on retail.customer for account 9{12}/ });
    if (first !== undefined) await userEvent.click(first);
    expect(screen.getByTestId('address')).toHaveTextContent('/decisions/r1');
  });

  test('says that nothing does, that more does, and what is not known', async () => {
    const given = fakes();
    given.api.decisions.mockResolvedValue(toDecide({ data: [], more: true, unknown: ['111111111111'] }));
    renderAt('/decisions', given);
    expect(await screen.findByText('Nothing waits for you')).toBeVisible();
    expect(screen.getByText(/More requests wait/)).toBeVisible();
    expect(screen.getByText(/could not be found out .* account 111111111111/)).toBeVisible();
  });
});

describe('one request', () => {
  async function at(more: Partial<Question> = {}, given = fakes()) {
    given.api.question.mockResolvedValue(question(more));
    renderAt('/decisions/r1', given);
    await screen.findByRole('heading', { name: /^Decide on retail/, level: 1 });
    return given;
  }

  test('shows what is asked, what the account has and what it would gain', async () => {
    await at({
      source: { database: 'retail', table: '*' },
      approvers_group: 'retail-owners',
      classification: CLASSIFICATION,
      gains: { tables: 3, names: ['customer'] },
      has: [
        {
          source: { database: 'retail', table: 'store' },
          scope: 'table',
          tables: 1,
          since: '2026-11-24T12:00:00.000Z',
          until: '2027-02-23T00:00:00.000Z',
          request_id: 'r0',
          approved: true,
        },
      ],
    });
    expect(
      screen.getByText('A mail went to 2 approvers. So are the members of retail-owners. One decision counts.'),
    ).toBeVisible();
    const gains = within(screen.getByRole('region', { name: 'What an approval would give' }));
    expect(gains.getByText('3 tables of 5.')).toBeVisible();
    expect(gains.getByText('and 2 more')).toBeVisible();
    const has = within(screen.getByRole('region', { name: 'What the account has already' }));
    expect(has.getByRole('listitem')).toHaveTextContent(
      /^retail.store: since .*, until the end of 22 Feb 2027 \(UTC\)\. An owner approved it\.$/,
    );
    expect(await axeFaults()).toEqual([]);
  });

  test.each<[Partial<Question>, string]>([
    [{ has: null }, 'This cannot be read just now.'],
    [{ has: [] }, 'Nothing of this, by Lakeshare.'],
    [{ gains: { tables: 0, names: [] } }, 'an approval would change until when.'],
    [{ source: { database: 'retail', table: '*' }, gains: { tables: 0, names: [] } }, 'can read all of these tables'],
    [{ source: { database: 'retail', table: '*' }, gains: { tables: null, names: [] } }, 'It is not known which'],
    [{ requester: null }, 'nobody’s identity was verified'],
    [{ asked: [] }, 'No mail is out yet. One decision counts.'],
    [{ renews: 'r0:1' }, 'It renews access'],
    [{ round: 2 }, 'The catalogue changed since this was first asked.'],
    [{ status: 'SHARING' }, 'If it needs a decision after that'],
    [{ status: 'EXPIRED', message: 'Nobody decided.' }, 'Nobody decided.'],
    [{ status: 'SHARED', decision: decidedNow().decision }, 'until the end of 24 Dec 2999 (UTC). The first decision'],
  ])('%o', async (more, text) => {
    await at(more);
    expect(await screen.findByText(text, { exact: false })).toBeVisible();
    const waits = (more.status ?? 'WAITING') === 'WAITING';
    expect(screen.queryAllByRole('radio')).toHaveLength(waits ? 2 : 0);
  });

  test('is approved, for less long, with a comment, once it is chosen', async () => {
    const given = await at();
    await userEvent.click(await screen.findByRole('button', { name: 'Send the decision' }));
    expect(screen.getByText('Choose one of the two.')).toBeVisible();
    expect(given.api.decide).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('radio', { name: /^Approve/ }));
    const day = screen.getByLabelText(/^Last day/);
    await userEvent.type(day, '3000-01-01');
    expect(await screen.findByText(/can be at most|an approval can only shorten/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Approve access' }));
    expect(given.api.decide).not.toHaveBeenCalled();
    await userEvent.clear(day);
    await userEvent.type(day, soon());
    await userEvent.type(screen.getByLabelText(/^Comment/), ' Fine. ');
    await userEvent.click(screen.getByRole('button', { name: 'Approve access' }));
    expect(given.api.decide).toHaveBeenCalledWith('r1', {
      action: 'approve',
      round: 1,
      until: soon(),
      comment: 'Fine.',
    });
    expect(await screen.findByText('This request was approved')).toBeVisible();
    expect(screen.getByText('Fine.')).toBeVisible();
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.getByRole('heading', { level: 1 })).toHaveFocus();
  });

  test('is approved for some of the columns of the table that was asked for', async () => {
    const given = await at();
    await userEvent.click(await screen.findByRole('radio', { name: /^Approve/ }));
    await userEvent.click(await screen.findByRole('button', { name: /^Columns that you give/ }));
    expect(screen.getByText('3 of 3 columns')).toBeVisible();
    const list = within(screen.getByRole('listbox', { name: 'Columns' }));
    await userEvent.click(screen.getByRole('button', { name: 'None' }));
    await userEvent.click(screen.getByRole('button', { name: 'Approve access' }));
    expect(screen.getByText('Give one column at least, or deny the request.')).toBeVisible();
    expect(given.api.decide).not.toHaveBeenCalled();
    await userEvent.click(list.getByRole('option', { name: /^c_city/ }));
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Approve access' }));
    expect(given.api.decide).toHaveBeenCalledExactlyOnceWith('r1', {
      action: 'approve',
      round: 1,
      columns: ['c_city', 'day'],
    });
  });

  test('of a part only what was asked for can be given, and all of it is no choice of columns', async () => {
    const extent = { columns: ['c_email_address', 'gone', 'day'], row_filter: "region = 'EU'" };
    const inBrief = { scope: null, filter: 'eu', columns: extent.columns, columns_in: 3, columns_total: 4 };
    const found = classification && { ...classification, scope: 'filtered' as const, extent };
    const given = await at({ in_brief: inBrief, classification: found });
    expect(screen.getByText('3 of 4 columns, rows: eu.')).toBeVisible();
    expect(screen.getByText("region = 'EU'")).toBeVisible();
    await userEvent.click(await screen.findByRole('radio', { name: /^Approve/ }));
    const list = within(await screen.findByRole('listbox', { name: 'Columns' }));
    expect(list.getAllByRole('option').map(({ id }) => id)).toHaveLength(3);
    await userEvent.click(list.getByRole('option', { name: /^gone/ }));
    expect(screen.getByText('2 of 3 columns')).toBeVisible();
    await userEvent.click(list.getByRole('option', { name: /^gone/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Approve access' }));
    expect(given.api.decide).toHaveBeenCalledExactlyOnceWith('r1', { action: 'approve', round: 1 });
  });

  test('says what the account can read with what it has besides, exactly as the API does', async () => {
    const text =
      'The account has another part of this table. With this one, it can read: c_city: in all rows; c_email_address: ' +
      "in rows where (name = 'A   B') or (id > 7). In a row that several parts let through, their columns can be read.";
    const extent = { columns: ['c_email_address'], row_filter: "name = 'A   B'" };
    const counts = { others: 1, untold: false, whole: false, reaches: [], reaches_total: 0, side_by_side: true };
    const found = classification && { ...classification, scope: 'filtered' as const, extent };
    await at({ classification: found && { ...found, effective: { ...counts, text } } });
    const gains = within(screen.getByRole('region', { name: 'What an approval would give' }));
    expect(gains.getByRole('heading', { name: 'With what the account has of it besides' })).toBeVisible();
    const asItIs = { normalizer: (shown: string) => shown };
    // Several spaces of a literal are several.
    expect(gains.getByText(text, asItIs)).toHaveClass('ls-exact');
    expect(gains.getByText(extent.row_filter, asItIs)).toHaveClass('ls-exact');
    expect(await axeFaults()).toEqual([]);
  });

  test('says nothing of other parts where the account has none', async () => {
    const extent = { columns: ['c_email_address'], row_filter: null };
    await at({ classification: classification && { ...classification, scope: 'filtered', extent } });
    expect(screen.getByRole('region', { name: 'What an approval would give' })).toBeVisible();
    expect(screen.queryByText('With what the account has of it besides')).toBeNull();
  });

  test.each([
    [{ source: { database: 'retail', table: '*' } }, PARTS],
    [{}, { ...PARTS, refusal: { reason: 'FilterRefused', message: 'It is a view.' } }],
  ])('what cannot be given in part is given as a whole: %#', async (more, parts) => {
    const given = fakes();
    given.api.table.mockResolvedValue({ table: TABLE, parts, columns: COLUMNS, next: null });
    await at(more, given);
    await userEvent.click(await screen.findByRole('radio', { name: /^Approve/ }));
    expect(await screen.findByLabelText(/^Last day/)).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Columns that you give/ })).toBeNull();
  });

  test('is denied without a day', async () => {
    const given = await at();
    await userEvent.click(await screen.findByRole('radio', { name: /^Approve/ }));
    await userEvent.type(screen.getByLabelText(/^Last day/), soon());
    await userEvent.click(screen.getByRole('radio', { name: /^Deny/ }));
    expect(screen.queryByLabelText(/^Last day/)).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Deny access' }));
    expect(given.api.decide).toHaveBeenCalledWith('r1', { action: 'deny', round: 1 });
  });

  test.each<[ApiError, string, RegExp]>([
    [
      new ApiError('conflict', 409, 'bob@retail.example denied this.', { reason: 'DecidedBefore' }),
      'Your decision was not taken',
      /bob@retail.example denied this/,
    ],
    [
      new ApiError('busy', 503, 'Nothing says whether it counts.', { reason: 'DecisionNotKnown' }),
      'It is not known whether it was taken',
      /Nothing says/,
    ],
    [
      new ApiError('forbidden', 403, 'You asked for this data yourself.', { reason: 'NotAllowed' }),
      'Your decision was not taken',
      /You asked for this data yourself/,
    ],
  ])('says what came of a decision that does not count: %s', async (error, header, text) => {
    const given = fakes();
    given.api.decide.mockRejectedValue(error);
    await at({}, given);
    await userEvent.click(await screen.findByRole('radio', { name: /^Deny/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Deny access' }));
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText(header)).toBeVisible();
    expect(alert.getByText(text)).toBeVisible();
    // Somebody else was first, or the data changed: what is shown is looked up anew.
    await waitFor(() => {
      expect(given.api.question).toHaveBeenCalledTimes(error.trouble === 'conflict' ? 2 : 1);
    });
  });

  test('is not shown to those who do not decide on it', async () => {
    const given = fakes();
    given.api.question.mockRejectedValue(new ApiError('forbidden', 403, 'Deciding is for others.'));
    renderAt('/decisions/r1', given);
    expect(await screen.findByText('Deciding is for others.')).toBeVisible();
    expect(screen.queryByRole('radio')).toBeNull();
  });
});

function soon(): string {
  return new Date(Date.now() + 3 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}
