import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../src/api/problem';
import type { Me } from '../src/api/types';
import { allOf, changeCells, shareCells } from '../src/audit/Save';
import { csvOf } from '../src/shared/csv';
import { axeFaults } from './support/axe';
import { detail } from './support/requests';
import { ME, change, listed, oneShare, outcome } from './support/shares';
import { fakes, loadPages, renderAt } from './support/page';

beforeAll(loadPages, 120_000);

const OWNER: Me['owner_of'][number] = { account_id: '222222222222', name: 'Retail - Reviews', decisions: 'link' };

function as(me: Partial<Me>) {
  const given = fakes();
  given.api.me.mockResolvedValue({ ...ME, ...me });
  return given;
}

describe('what is offered to whom', () => {
  test.each<[string, Partial<Me>, string[]]>([
    ['somebody', {}, ['Catalogue', 'Requests', 'My shares']],
    ['an owner', { owner_of: [OWNER] }, ['Catalogue', 'Requests', 'My shares', 'To decide', 'Our data']],
    ['an auditor', { auditor: true }, ['Catalogue', 'Requests', 'My shares', 'Audit', 'Executions']],
    ['an operator', { operator: true }, ['Catalogue', 'Requests', 'My shares', 'Audit', 'Executions']],
  ])('%s', async (_, me, sections) => {
    renderAt('/requests', as(me));
    const nav = within(screen.getByRole('navigation', { name: 'Sections' }));
    await waitFor(() => {
      expect(nav.getAllByRole('link').map((link) => link.textContent)).toEqual(sections);
    });
  });

  test.each<[string, Partial<Me>, string]>([
    ['an auditor', { auditor: true, owner_of: [OWNER] }, '/audit'],
    ['an owner', { owner_of: [OWNER] }, '/decisions'],
    ['somebody', {}, '/'],
  ])('%s comes from the sign-in to where there is something to do', async (_, me, address) => {
    renderAt({ pathname: '/', state: { signedIn: true } }, as(me));
    await waitFor(() => {
      expect(screen.getByTestId('address')).toHaveTextContent(new RegExp(`^${address}$`));
    });
  });

  test('whoever goes to the catalogue gets the catalogue', async () => {
    renderAt('/', as({ auditor: true }));
    expect(await screen.findByRole('link', { name: 'retail' })).toBeVisible();
    expect(screen.getByTestId('address')).toHaveTextContent(/^\/$/);
  });
});

describe('my shares', () => {
  test('what I asked for, or what an account has that I am bound to', async () => {
    const given = as({ accounts: ['888888888888', '999999999999'] });
    renderAt('/shares', given);
    const link = await screen.findByRole('link', { name: /^retail.customer, for account 999999999999/ });
    expect(link).toHaveAttribute('href', '/shares/r1%3A1');
    expect(given.api.shares).toHaveBeenLastCalledWith({ view: 'mine', state: 'live' }, null, 25, expect.anything());
    await userEvent.click(await screen.findByRole('button', { name: /^Whose shares/ }));
    await userEvent.click(await screen.findByText('Account 888888888888'));
    await waitFor(() => {
      expect(given.api.shares).toHaveBeenLastCalledWith(
        { view: 'account', account_id: '888888888888', state: 'live' },
        null,
        25,
        expect.anything(),
      );
    });
    await userEvent.click(screen.getByRole('button', { name: 'Ended' }));
    await waitFor(() => {
      expect(screen.getByTestId('address')).toHaveTextContent('/shares?account=888888888888&state=ended');
    });
    expect(await axeFaults()).toEqual([]);
  });

  test('an account that is not mine is none, and what cannot be read is a row without a link', async () => {
    const given = as({ accounts: ['999999999999'] });
    const nothing = { source: null, scope: null, tables: null, owner: null, until: null, requester: null };
    given.api.shares.mockResolvedValue({
      items: [listed({ ...nothing, id: 'r9:1', status: 'UNREADABLE', message: 'It cannot be read.' })],
      next: null,
    });
    renderAt('/shares?account=111111111111', given);
    const row = (await screen.findByText('Cannot be read')).closest('tr');
    expect(row).toHaveTextContent('r9:1');
    expect(row?.querySelector('a')).toBeNull();
    expect(given.api.shares.mock.calls.every((call) => (call as unknown[])[0] !== null)).toBe(true);
    expect(given.api.shares).toHaveBeenLastCalledWith({ view: 'mine', state: 'live' }, null, 25, expect.anything());
  });

  test('nothing yet', async () => {
    const given = as({});
    given.api.shares.mockResolvedValue({ items: [], next: null });
    renderAt('/shares', given);
    expect(await screen.findByText('Nothing is shared')).toBeVisible();
  });
});

describe('one share', () => {
  const BOUND = { accounts: ['999999999999'], email: 'kim@consumer.example' };
  test.each<[string, Partial<Me>, object, string[]]>([
    ['whoever asked', {}, {}, ['Renew', 'Give back', 'The request']],
    ['a colleague', BOUND, {}, ['Renew', 'Give back']],
    ['a colleague, without an end', BOUND, { until: null }, ['Give back']],
    ['a colleague, ended', BOUND, { status: 'REVOKED', ended_at: '2026-12-01T00:00:00Z' }, ['Ask again']],
    ['an owner', { email: 'dana@x', owner_of: [OWNER] }, {}, ['Revoke', 'Hold the data', 'The request']],
    ['an operator', { email: 'ops@x', operator: true }, {}, ['Revoke', 'Hold the data', 'The request']],
    ['another owner', { email: 'b@x', owner_of: [{ ...OWNER, account_id: '111111111111' }] }, {}, []],
    ['an auditor', { email: 'audit@x', auditor: true }, {}, ['The request']],
    ['an owner, ended', { email: 'dana@x', owner_of: [OWNER] }, { status: 'REVOKED' }, ['The request']],
  ])('%s', async (_, me, more, actions) => {
    const given = as(me);
    given.api.share.mockResolvedValue(oneShare(more));
    renderAt('/shares/r1%3A1', given);
    const access = (await screen.findByRole('heading', { name: 'Access' })).closest('section');
    await waitFor(() => {
      const found = [...(access?.querySelectorAll('a, button') ?? [])];
      expect(found.map((each) => each.textContent)).toEqual(actions);
    });
  });

  test('what is in it, and what happened', async () => {
    const given = as({});
    given.api.share.mockResolvedValue(
      oneShare({ source: { database: 'retail', table: '*' }, scope: 'tables', names: ['a', 'b'], names_total: 3 }),
    );
    renderAt('/shares/r1%3A1', given);
    const inIt = within(await screen.findByRole('region', { name: 'What is in it' }));
    expect(inIt.getByText('and 1 more')).toBeInTheDocument();
    expect(inIt.getByText('b')).toBeInTheDocument();
    expect(screen.getByText('Being shared')).toBeVisible();
    expect(await axeFaults()).toEqual([]);
  });

  test('somebody else’s', async () => {
    const given = as({});
    given.api.share.mockRejectedValue(new ApiError('not-found', 404, 'There is none.'));
    renderAt('/shares/r9%3A1', given);
    expect(await screen.findByText(/somebody else’s/)).toBeVisible();
  });

  test('a colleague renews it', async () => {
    const given = as(BOUND);
    renderAt('/shares/r1%3A1/renew', given);
    expect(await screen.findByText(/Renews access that lasts until/)).toBeVisible();
    given.api.share.mockResolvedValue(oneShare({ until: null }));
    renderAt('/shares/r2%3A1/renew', given);
    expect(await screen.findByText('There is nothing to renew')).toBeVisible();
  });

  test('a colleague gives it back', async () => {
    const given = as(BOUND);
    renderAt('/shares/r1%3A1', given);
    await userEvent.click(await screen.findByRole('button', { name: 'Give back' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Give back retail.customer?' }));
    await userEvent.type(dialog.getByRole('textbox', { name: 'Why?' }), 'Done.');
    given.api.share.mockResolvedValue(oneShare({ status: 'REVOKING', reason: 'GivenBack' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Give it back' }));
    expect(given.api.giveBack).toHaveBeenCalledExactlyOnceWith('r1:1', 'Done.');
    expect(await screen.findByText('Being taken back')).toBeVisible();
  });
});

describe('an owner ends shares', () => {
  const would = outcome().shares.map((each) => ({
    ...each,
    stays: [{ what: 'retail.customer', through: ['r2:1', 'r3:1'] }],
    stays_total: 1,
  }));
  async function opened(button: string, given = as({ email: 'dana@x', owner_of: [OWNER] })) {
    renderAt('/shares/r1%3A1', given);
    await userEvent.click(await screen.findByRole('button', { name: button }));
    return { given, dialog: within(await screen.findByRole('dialog')) };
  }

  test('after they have seen what would end, and said why', async () => {
    const { given, dialog } = await opened('Revoke');
    const look = dialog.getByRole('button', { name: 'See what would end' });
    await userEvent.click(look);
    expect(dialog.getByRole('textbox', { name: 'Why?' })).toHaveFocus();
    expect(given.api.revoke).not.toHaveBeenCalled();
    await userEvent.type(dialog.getByRole('textbox', { name: 'Why?' }), ' The contract has ended. ');
    given.api.revoke.mockResolvedValueOnce(outcome({ shares: would }));
    await userEvent.click(look);
    const report = within(await dialog.findByRole('region', { name: 'What would end' }));
    expect(report.getByText('1 share would end.')).toBeVisible();
    expect(
      report.getByText(
        'Account 999999999999: loses retail.customer. Can read retail.customer all the same, through 2 other shares.',
      ),
    ).toBeVisible();
    expect(dialog.getByText(/up to six hours/)).toBeVisible();
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(dialog.getByRole('button', { name: 'Revoke it' }));
    expect(given.api.revoke.mock.calls).toEqual([
      ['r1:1', { reason: 'The contract has ended.', dry_run: true }],
      ['r1:1', { reason: 'The contract has ended.', dry_run: false }],
    ]);
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(given.api.share.mock.calls.length).toBeGreaterThan(1);
  });

  test('or hold the data', async () => {
    const { given, dialog } = await opened('Hold the data');
    expect(dialog.getByText(/whoever has them, and nobody is granted any/)).toBeVisible();
    await userEvent.type(dialog.getByRole('textbox', { name: 'Why?' }), 'A leak.');
    given.api.revoke.mockResolvedValueOnce(outcome({ shares_total: 100 }));
    await userEvent.click(dialog.getByRole('button', { name: 'See what would end' }));
    expect(await dialog.findByText('100 shares or more would end.')).toBeVisible();
    await userEvent.click(dialog.getByRole('button', { name: 'Hold it' }));
    expect(given.api.revoke).toHaveBeenLastCalledWith('r1:1', { reason: 'A leak.', dry_run: false, hold: true });
  });

  test('what is refused is said, and can be tried again', async () => {
    const { given, dialog } = await opened('Revoke');
    given.api.revoke.mockRejectedValueOnce(new ApiError('busy', 503, 'Try again in a minute.'));
    await userEvent.type(dialog.getByRole('textbox', { name: 'Why?' }), 'x');
    await userEvent.click(dialog.getByRole('button', { name: 'See what would end' }));
    expect(await dialog.findByText('It was not revoked')).toBeVisible();
    await userEvent.click(dialog.getByRole('button', { name: 'Try again' }));
    expect(await dialog.findByText('1 share would end.')).toBeVisible();
    given.api.revoke.mockRejectedValueOnce(
      new ApiError('invalid', 422, 'No.', { fields: [{ field: 'reason', message: 'reason must be one line.' }] }),
    );
    await userEvent.click(dialog.getByRole('button', { name: 'Revoke it' }));
    expect(await dialog.findByText('reason must be one line.')).toBeVisible();
  });
});

describe('our data', () => {
  test('what is live, what is held, and what came of what was asked', async () => {
    const given = as({ owner_of: [OWNER, { account_id: '111111111111', name: null, decisions: 'link' }] });
    const hold = { consumer: null, owner: null, source: { database: 'retail', table: '*' }, text: 'database retail' };
    given.api.holds.mockResolvedValue([
      { ...hold, owners: [OWNER.account_id], since: '2026-12-01T00:00:00Z', by: null, reason: 'incident 7' },
    ]);
    given.api.list.mockResolvedValue({ items: [detail({ status: 'DENIED' })], next: null });
    renderAt('/our-data', given);
    expect(await screen.findByText('Denied')).toBeVisible();
    expect(given.api.shares).toHaveBeenLastCalledWith(
      { view: 'owner', owner: OWNER.account_id },
      null,
      25,
      expect.anything(),
    );
    expect(given.api.list).toHaveBeenLastCalledWith(
      { kind: 'owner', owner: OWNER.account_id },
      null,
      expect.anything(),
    );
    expect(screen.getAllByText('dana@retail.example').length).toBeGreaterThan(0);
    expect(screen.getByText(/by an operator, incident 7/)).toBeVisible();
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Lift the hold on database retail' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Lift the hold on database retail?' }));
    await userEvent.type(dialog.getByRole('textbox', { name: 'Why?' }), 'It was none.');
    await userEvent.click(dialog.getByRole('button', { name: 'Lift it' }));
    expect(given.api.lift).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(hold), 'It was none.');
    await userEvent.click(screen.getByRole('button', { name: 'Hold all data of account 222222222222' }));
    const put = within(await screen.findByRole('dialog', { name: /^Hold all data/ }));
    await userEvent.type(put.getByRole('textbox', { name: 'Why?' }), 'A leak.');
    await userEvent.click(put.getByRole('button', { name: 'See what would end' }));
    await userEvent.click(await put.findByRole('button', { name: 'Hold it' }));
    expect(given.api.hold.mock.calls.map(([on, why, dry]) => [on.owner, why, dry])).toEqual([
      [OWNER.account_id, 'A leak.', true],
      [OWNER.account_id, 'A leak.', false],
    ]);
  });

  test('what has ended, how, when and by whom', async () => {
    const given = as({ owner_of: [OWNER] });
    const ended = { status: 'REVOKED', ended_at: '2026-12-01T10:00:00Z', until: null } as const;
    given.api.shares.mockResolvedValue({
      items: [
        listed({ ...ended, reason: 'Revoked', ended_by: 'jane@retail.example', note: 'The study is over.' }),
        listed({ ...ended, id: 'r2:1', reason: 'Expired' }),
      ],
      next: 'n',
    });
    renderAt('/our-data', given);
    await userEvent.click(await screen.findByRole('button', { name: 'Ended' }));
    const row = (await screen.findByText('Revoked by jane@retail.example')).closest('tr');
    expect(row).toHaveTextContent('The study is over.');
    expect(row).toHaveTextContent(/1 Dec 2026/);
    expect(screen.getByText('Its time was over')).toBeVisible();
    expect(screen.getByTestId('address')).toHaveTextContent('/our-data?owner=222222222222&state=ended');
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(within(screen.getByRole('list', { name: 'Pages' })).getByRole('button', { name: 'Page 2' }));
    await waitFor(() => {
      expect(given.api.shares).toHaveBeenLastCalledWith(
        { view: 'owner', owner: OWNER.account_id, state: 'ended' },
        'n',
        25,
        expect.anything(),
      );
    });
    await userEvent.click(screen.getByRole('button', { name: 'Live' }));
    expect(screen.getByTestId('address')).toHaveTextContent(/owner=222222222222$/);
  });

  test('another one’s', async () => {
    const given = as({ owner_of: [OWNER, { account_id: '111111111111', name: null, decisions: 'link' }] });
    renderAt('/our-data?owner=111111111111', given);
    await waitFor(() => {
      expect(given.api.holds).toHaveBeenLastCalledWith('111111111111', expect.anything());
    });
  });

  test('who answers for nothing is told so', async () => {
    const given = as({});
    renderAt('/our-data', given);
    expect(await screen.findByText('You answer for no data')).toBeVisible();
    expect(given.api.shares).not.toHaveBeenCalled();
  });
});

describe('audit', () => {
  test('who has what, narrowed as one types, and saved', async () => {
    const given = as({ auditor: true });
    const saved = vi.fn<(blob: Blob) => string>(() => 'blob:x');
    vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: saved, revokeObjectURL: vi.fn() }));
    renderAt('/audit', given);
    await userEvent.type(await screen.findByRole('searchbox', { name: 'Database' }), 'retail');
    await userEvent.type(screen.getByRole('searchbox', { name: 'Account that reads' }), '99999999999');
    expect(screen.getByText('An account has 12 digits.')).toBeVisible();
    await userEvent.type(screen.getByRole('searchbox', { name: 'Account that reads' }), '9');
    await waitFor(() => {
      expect(given.api.shares).toHaveBeenLastCalledWith(
        { view: 'all', database: 'retail', account_id: '999999999999' },
        null,
        25,
        expect.anything(),
      );
    });
    expect(await axeFaults()).toEqual([]);
    given.api.shares.mockResolvedValueOnce({ items: [listed()], next: 'n' });
    await userEvent.click(screen.getByRole('button', { name: 'Save all of this as CSV' }));
    await waitFor(() => {
      expect(saved).toHaveBeenCalledOnce();
    });
    expect(given.api.shares.mock.lastCall).toEqual([
      { view: 'all', database: 'retail', account_id: '999999999999' },
      'n',
      100,
    ]);
    vi.unstubAllGlobals();
  });

  test('what changed, and what is held', async () => {
    const given = as({ auditor: true });
    given.api.changes.mockResolvedValue({
      items: [
        change(),
        change({
          event: 'HoldPut',
          share: null,
          hold: { consumer: '888888888888', owner: null, source: null, text: 'consumer account 888888888888' },
        }),
      ],
      next: null,
      unreadable: 2,
    });
    renderAt('/audit?show=changes', given);
    expect(await screen.findByText('Hold put')).toBeVisible();
    expect(screen.getByRole('link', { name: 'retail.customer for account 999999999999' })).toBeVisible();
    expect(screen.getByText(/2 shares with changes cannot be read/)).toBeVisible();
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'What is held' }));
    expect(await screen.findByText('Nothing is held.')).toBeVisible();
    expect(given.api.holds).toHaveBeenLastCalledWith(null, expect.anything());
  });

  test('it is for those who watch', async () => {
    const given = as({});
    renderAt('/audit', given);
    expect(await screen.findByText('This is for auditors and operators')).toBeVisible();
  });
});

describe('CSV', () => {
  test.each([
    ['plain', 'plain'],
    ['a, b', '"a, b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['1=1', '1=1'],
  ])('%o', (given, written) => {
    expect(csvOf(['h'], [[given]])).toBe(`h\r\n${written}\r\n`);
  });

  test('every header has its cell', () => {
    expect(shareCells(listed())).toEqual([
      ...['retail', 'customer', 'table', '1', '999999999999', '222222222222', 'Retail - Reviews', 'ACTIVE'],
      ...['2026-11-24T12:00:00Z', '2999-02-23T00:00:00.000Z', 'alex@consumer.example', 'dana@retail.example'],
      ...['A churn model', 'r1:1'],
    ]);
    expect(changeCells(change({ detail: null }))).toEqual([
      ...['2026-11-24T12:00:00Z', 'Revoked', 'Revoked', 'dana@retail.example', '', 'retail', 'customer'],
      ...['999999999999', '222222222222', '', 'r1:1'],
    ]);
  });

  test('a list is read to its end, or not at all', async () => {
    const first = { items: [1, 2], next: 'a' };
    const last = { items: [3], next: null };
    expect(await allOf((next) => Promise.resolve(next === null ? first : last))).toEqual([1, 2, 3]);
    await expect(allOf(() => Promise.resolve({ items: [1], next: 'more' }), 5)).rejects.toThrow('Narrow the list');
  });
});
