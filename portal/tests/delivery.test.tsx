import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test } from 'vitest';
import { ApiError } from '../src/api/problem';
import type { Delivery, Me, OneShare } from '../src/api/types';
import { checkRoles } from '../src/ask/roles';
import { moment } from '../src/shared/format';
import { failuresOf, isMoving, needsNewShare, nextTry, roleName, stageOf } from '../src/share/delivery';
import { axeFaults } from './support/axe';
import { question } from './support/decisions';
import { fakes, loadPages, renderAt } from './support/page';
import { detail, share, shared } from './support/requests';
import { ME, delivery, listed, oneShare } from './support/shares';

beforeAll(loadPages, 120_000);

const ACCOUNT = '999999999999';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/analyst`;
const BOUND: Partial<Me> = { accounts: [ACCOUNT], email: 'kim@consumer.example', kits: [ACCOUNT] };
const FAILED: Delivery['failures'][number] = {
  role: ROLE,
  reason: 'RoleNotThere',
  message: `There is no role ${ROLE}.`,
};
const EXPIRED: Delivery['failures'][number] = { role: null, reason: 'InvitationExpired', message: 'It ran out.' };
const now = Date.parse('2026-11-30T10:00:00Z');

function as(me: Partial<Me>, shown: Partial<OneShare> = {}) {
  const given = fakes();
  given.api.me.mockResolvedValue({ ...ME, ...me });
  given.api.share.mockResolvedValue(oneShare({ kit: true, delivery: delivery(), ...shown }));
  return given;
}

const section = async () => within(await screen.findByRole('region', { name: 'How to read it' }));

describe('how far a delivery has come, in words', () => {
  test.each<[Partial<Delivery>, string, string]>([
    [{ status: 'WAITING' }, 'info', 'Waiting to be delivered'],
    [{ status: 'WAITING', failures: [FAILED] }, 'warning', 'Not delivered yet'],
    [{ status: 'INVITED' }, 'info', 'On its way'],
    [{ status: 'INVITED', failures: [EXPIRED] }, 'warning', 'It has not arrived'],
    [
      { status: 'INVITED', failures: [{ role: null, reason: 'LinkForeign', message: 'It is there already.' }] },
      'warning',
      'It has no name there yet',
    ],
    [{ status: 'LINKED', failures: [FAILED] }, 'warning', 'Linked, and not yet read by every role'],
    [{ status: 'READY' }, 'success', 'Ready to query'],
    [{ status: 'READY', failures: [FAILED] }, 'warning', 'Ready to query'],
    [{ status: 'WITHDRAWING' }, 'info', 'Being withdrawn'],
    [{ status: 'WITHDRAWING', failures: [FAILED] }, 'warning', 'Not withdrawn yet'],
    [{ status: 'WITHDRAWN' }, 'info', 'Withdrawn'],
    [{ status: 'UNREADABLE', message: 'Newer.' }, 'error', 'What became of it cannot be read'],
  ])('%o', (more, type, header) => {
    const stage = stageOf(oneShare({ delivery: delivery(more) }));
    expect([stage?.type, stage?.header]).toEqual([type, header]);
    expect(stage?.text).not.toBe('');
  });

  test('who could not be told has not looked', () => {
    const text = (failures: Delivery['failures']) =>
      stageOf(oneShare({ delivery: delivery({ status: 'READY', failures }) }))?.text;
    expect(text([])).toMatch(/^Last looked at on/);
    expect(text([{ role: null, reason: 'KitNotThere', message: 'It is gone.' }])).toMatch(
      /^It was\. On .* tried again/,
    );
  });

  test('nothing is said where no account has a kit, and of an ended share that nothing was delivered of', () => {
    expect(stageOf(oneShare())).toBeNull();
    expect(stageOf(oneShare({ kit: true, delivery: null }))?.header).toBe('Not delivered yet');
    expect(stageOf(oneShare({ kit: true, delivery: null, status: 'REVOKED' }))).toBeNull();
    expect(stageOf(oneShare({ kit: false, delivery: null }))).toBeNull();
  });

  test('what failed, and what helps', () => {
    expect(failuresOf(delivery({ failures: [FAILED, EXPIRED] }))).toEqual([
      { role: 'analyst', reason: 'RoleNotThere', text: `There is no role ${ROLE}. Then try again.` },
      {
        role: '',
        reason: 'InvitationExpired',
        text: expect.stringMatching(/^It ran out\. Give the share back/) as string,
      },
    ]);
    expect(needsNewShare(delivery({ failures: [FAILED] }))).toBe(false);
    expect(needsNewShare(delivery({ failures: [FAILED, EXPIRED] }))).toBe(true);
  });

  test.each([
    [ROLE, 'analyst'],
    [`arn:aws:iam::${ACCOUNT}:role/teams/reader`, 'teams/reader'],
    ['strange', 'strange'],
  ])('the name of %s', (arn, name) => {
    expect(roleName(arn)).toBe(name);
  });

  test.each<[string | null, boolean, boolean]>([
    [null, false, false],
    ['2026-11-30T09:00:00Z', true, false],
    ['2026-11-30T10:00:10Z', true, false],
    ['2026-11-30T10:00:11Z', true, true],
    ['2026-11-30T10:02:00Z', true, true],
    ['2026-11-30T10:02:01Z', false, true],
  ])('due at %s', (due, moving, later) => {
    const it = delivery({ status: 'LINKED', due_at: due });
    expect(isMoving(oneShare({ delivery: it }), now)).toBe(moving);
    expect(nextTry(it, now)).toBe(later ? `It is tried again on ${moment(due)}, or as soon as you want it.` : '');
  });
});

describe('which roles are to read it, as typed', () => {
  const names = Array.from({ length: 11 }, (_, at) => `arn:aws:iam::${ACCOUNT}:role/r${at}`);
  test.each<[string, string[] | null, RegExp]>([
    ['', [], /^$/],
    ['\n  \n', [], /^$/],
    [`  ${ROLE}\n`, [ROLE], /^$/],
    [`${ROLE}\n${ROLE}`, [ROLE], /^$/],
    [`arn:aws-us-gov:iam::${ACCOUNT}:role/a/b`, [`arn:aws-us-gov:iam::${ACCOUNT}:role/a/b`], /^$/],
    [`${ROLE}\nanalyst`, null, /“analyst” is no ARN of a role/],
    [`arn:aws:iam::${ACCOUNT}:user/kim`, null, /no ARN of a role/],
    ['arn:aws:iam::888888888888:role/a', null, /role of account 888888888888, and access is for account 999999999999/],
    [names.slice(0, 10).join('\n'), [...names.slice(0, 10)].sort(), /^$/],
    [names.join('\n'), null, /11 roles are too many: at most 10/],
  ])('%j', (text, roles, error) => {
    const checked = checkRoles(text, ACCOUNT);
    expect(checked.roles).toEqual(roles);
    expect(checked.error).toMatch(error);
  });
});

describe('the page of a share', () => {
  test('its name, its roles and a query to copy', async () => {
    const user = userEvent.setup();
    renderAt('/shares/r1%3A1', as(BOUND));
    const read = await section();
    expect(read.getByText('Ready to query')).toBeVisible();
    expect(read.getByText('lakeshare.retail__customer')).toBeVisible();
    expect(read.getByText('– looked at as this role').closest('li')).toHaveTextContent(/^analyst/);
    expect(read.getByRole('group', { name: 'a query' })).toHaveTextContent(
      'SELECT * FROM "lakeshare"."retail__customer" LIMIT 10;',
    );
    read.getByRole('button', { name: 'Copy: a query' }).focus();
    await user.keyboard('{Enter}');
    expect(await navigator.clipboard.readText()).toBe('SELECT * FROM "lakeshare"."retail__customer" LIMIT 10;');
    expect(await axeFaults()).toEqual([]);
  });

  test('of a whole database a table has to be named', async () => {
    const query = 'SELECT * FROM "lakeshare_retail"."TABLE_NAME" LIMIT 10;';
    const it = delivery({ link: 'lakeshare_retail', query });
    renderAt(
      '/shares/r1%3A1',
      as(BOUND, { source: { database: 'retail', table: '*' }, scope: 'wildcard', delivery: it }),
    );
    const read = await section();
    expect(read.getByText(/The database is called/)).toHaveTextContent('with a table’s name in place of TABLE_NAME');
  });

  test('without a role its administrator lets one read it, by the name that it has', async () => {
    renderAt('/shares/r1%3A1', as(BOUND, { delivery: delivery({ roles: [] }) }));
    const read = await section();
    expect(read.getByRole('heading', { name: 'Let a role read it' })).toBeVisible();
    expect(read.getByRole('group', { name: 'show the link' })).toHaveTextContent(
      '{"Table":{"DatabaseName":"lakeshare","Name":"retail__customer"}}',
    );
    expect(read.getByRole('group', { name: 'let the data be read' })).toHaveTextContent('"Name":"customer"');
    expect(await axeFaults()).toEqual([]);
  });

  test('what failed is tried again, and that is said', async () => {
    const failed = delivery({ status: 'LINKED', failures: [FAILED], due_at: '2999-01-01T00:00:00Z' });
    const given = as(BOUND, { delivery: failed });
    const soon = { ...failed, due_at: new Date().toISOString() };
    given.api.deliver.mockRejectedValueOnce(new ApiError('busy', 503, 'AWS is busy.'));
    given.api.deliver.mockResolvedValue(oneShare({ kit: true, delivery: soon }));
    renderAt('/shares/r1%3A1', given);
    const read = await section();
    expect(read.getByText(/There is no role/)).toHaveTextContent('analyst: There is no role');
    expect(read.getByText(/It is tried again on .*2999/)).toBeVisible();
    await userEvent.click(read.getByRole('button', { name: 'Try again' }));
    expect(await read.findByText('AWS is busy.')).toBeVisible();
    given.api.share.mockResolvedValue(oneShare({ kit: true, delivery: soon }));
    await userEvent.click(read.getAllByRole('button', { name: 'Try again' })[0] ?? document.body);
    expect(await read.findByText('It is seen to within a minute.')).toBeVisible();
    expect(given.api.deliver).toHaveBeenLastCalledWith('r1:1');
    expect(read.queryByText(/It is tried again on/)).toBeNull();
    expect(await axeFaults()).toEqual([]);
  });

  test('what was shared before there was a kit is delivered now', async () => {
    const given = as(BOUND, { delivery: null });
    given.api.deliver.mockResolvedValue(oneShare({ kit: true, delivery: delivery({ status: 'WAITING', link: null }) }));
    renderAt('/shares/r1%3A1', given);
    await userEvent.click((await section()).getByRole('button', { name: 'Deliver it' }));
    expect(await screen.findByText('Waiting to be delivered')).toBeVisible();
  });

  test('an invitation that ran out: give back, then ask again with the form filled in', async () => {
    const gone = delivery({ status: 'INVITED', link: null, query: null, failures: [EXPIRED] });
    const given = as(BOUND, { delivery: gone, roles: [ROLE], purpose: 'A churn model' });
    const page = renderAt('/shares/r1%3A1', given);
    expect((await section()).getByText(/Give back, above, then Ask again/)).toBeVisible();
    expect(screen.getByRole('button', { name: 'Give back' })).toBeVisible();
    page.unmount();
    given.api.share.mockResolvedValue(
      oneShare({ status: 'REVOKED', kit: true, delivery: gone, roles: [ROLE], purpose: 'A churn model' }),
    );
    renderAt('/shares/r1%3A1', given);
    await userEvent.click(await screen.findByRole('link', { name: 'Ask again' }));
    expect(screen.getByTestId('address')).toHaveTextContent('/databases/retail/tables/customer/request?again=r1%3A1');
    expect(await screen.findByRole('textbox', { name: /^Roles that read it/ })).toHaveValue(ROLE);
    expect(screen.getByRole('textbox', { name: /^Purpose/ })).toHaveValue('A churn model');
    await userEvent.click(await screen.findByRole('button', { name: 'Send the request' }));
    await waitFor(() => {
      expect(given.api.create).toHaveBeenCalledWith(
        expect.objectContaining({ target: { account_id: ACCOUNT, roles: [ROLE] }, purpose: 'A churn model' }),
      );
    });
  });

  test.each<[string, Partial<Me>, Partial<OneShare>, string[]]>([
    ['a colleague', BOUND, {}, ['Look again']],
    ['whoever asked', {}, {}, ['Look again']],
    ['an owner', { email: 'dana@x', owner_of: [{ account_id: '222222222222', name: 'R', decisions: 'link' }] }, {}, []],
    ['an auditor', { email: 'audit@x', auditor: true }, {}, []],
    ['a colleague, withdrawn', BOUND, { delivery: delivery({ status: 'WITHDRAWN', link: null, query: null }) }, []],
    ['a colleague, unreadable', BOUND, { delivery: delivery({ status: 'UNREADABLE', link: null, query: null }) }, []],
  ])('%s can have it tried again, or not', async (_, me, shown, buttons) => {
    renderAt('/shares/r1%3A1', as(me, shown));
    const read = await section();
    await waitFor(() => {
      const found = read.queryAllByRole('button', { name: /^(Look again|Try again|Deliver it)$/ });
      expect(found.map((each) => each.textContent)).toEqual(buttons);
    });
  });

  test('a stack without kits has no such section', async () => {
    const given = fakes();
    given.api.share.mockResolvedValue(oneShare());
    renderAt('/shares/r1%3A1', given);
    expect(await screen.findByRole('heading', { name: 'Access' })).toBeVisible();
    expect(screen.queryByRole('heading', { name: 'How to read it' })).toBeNull();
  });
});

test('the list of what an account has says under which name', async () => {
  const given = as(BOUND);
  given.api.shares.mockResolvedValue({
    items: [listed({ link: 'lakeshare.retail__customer' }), listed({ id: 'r2:1', link: null })],
    next: null,
  });
  renderAt(`/shares?account=${ACCOUNT}`, given);
  expect(await screen.findAllByText('In the account: lakeshare.retail__customer')).toHaveLength(1);
});

describe('the form', () => {
  const ADDRESS = '/databases/retail/tables/customer/request';
  const roles = () => screen.findByRole('textbox', { name: /^Roles that read it/ });

  test('asks for the roles of an account that has a kit', async () => {
    const given = as(BOUND);
    renderAt(ADDRESS, given);
    await userEvent.type(await roles(), 'analyst');
    await userEvent.type(screen.getByRole('textbox', { name: /^Purpose/ }), 'A churn model');
    await userEvent.click(screen.getByRole('button', { name: /Send the request|Get access/ }));
    expect(await screen.findByText(/“analyst” is no ARN of a role/)).toBeVisible();
    expect(await roles()).toHaveFocus();
    expect(given.api.create).not.toHaveBeenCalled();
    expect(await axeFaults()).toEqual([]);
    await userEvent.clear(await roles());
    await userEvent.type(await roles(), ROLE);
    expect(await screen.findByText(/Goes to Retail - Reviews for approval/)).toBeVisible();
    // What is shown while somebody types is the preview of what stood there before.
    await waitFor(() => {
      expect(given.api.preview).toHaveBeenLastCalledWith(
        { database: 'retail', table: 'customer' },
        { account_id: ACCOUNT, roles: [ROLE] },
        {},
        expect.anything(),
      );
    });
    await userEvent.click(screen.getByRole('button', { name: 'Send the request' }));
    await waitFor(() => {
      expect(given.api.create).toHaveBeenCalledWith(
        expect.objectContaining({ target: { account_id: ACCOUNT, roles: [ROLE] } }),
      );
    });
  });

  test('of no other account, whatever was typed before', async () => {
    const given = as({ accounts: null, kits: ['888888888888'] });
    renderAt(ADDRESS, given);
    const account = await screen.findByRole('textbox', { name: 'Account that gets access' });
    await userEvent.type(account, '888888888888');
    await userEvent.type(await roles(), 'anything');
    await userEvent.clear(account);
    await userEvent.type(account, ACCOUNT);
    expect(screen.queryByRole('textbox', { name: /^Roles that read it/ })).toBeNull();
    await userEvent.type(screen.getByRole('textbox', { name: /^Purpose/ }), 'A churn model');
    await userEvent.click(await screen.findByRole('button', { name: 'Send the request' }));
    await waitFor(() => {
      expect(given.api.create).toHaveBeenCalledWith(expect.objectContaining({ target: { account_id: ACCOUNT } }));
    });
  });

  test('what the API says of a role stands beside them', async () => {
    const given = as(BOUND);
    const fields = [{ field: 'target.roles[0]', message: 'target.roles[0] must be a role.' }];
    given.api.create.mockRejectedValueOnce(new ApiError('invalid', 422, 'x', { fields }));
    renderAt(ADDRESS, given);
    await userEvent.type(await roles(), ROLE);
    await userEvent.type(screen.getByRole('textbox', { name: /^Purpose/ }), 'A churn model');
    await userEvent.click(await screen.findByRole('button', { name: 'Send the request' }));
    await waitFor(async () => {
      expect(await roles()).toHaveAccessibleDescription(/target\.roles\[0\] must be a role/);
    });
  });

  test('a renewal is for the same roles', async () => {
    const given = as(BOUND, { roles: [ROLE] });
    renderAt('/shares/r1%3A1/renew', given);
    await userEvent.type(await screen.findByRole('textbox', { name: /^Purpose/ }), 'A churn model');
    expect(screen.queryByRole('textbox', { name: /^Roles that read it/ })).toBeNull();
    await waitFor(() => {
      expect(given.api.preview).toHaveBeenLastCalledWith(
        { database: 'retail', table: 'customer' },
        { account_id: ACCOUNT, roles: [ROLE] },
        expect.objectContaining({ renews: 'r1:1' }),
        expect.anything(),
      );
    });
  });
});

describe('roles and kits on other pages', () => {
  test('a request says who is to read it, and has nothing to do where a kit takes it up', async () => {
    const given = fakes();
    const target = { account_id: ACCOUNT, roles: [ROLE] };
    given.api.get.mockResolvedValue(shared({ share: share(), kit: true, target }));
    renderAt('/requests/r1', given);
    const next = within(await screen.findByRole('region', { name: 'What to do next' }));
    expect(next.getByText(/^Nothing: the kit of account/)).toBeVisible();
    expect(next.getByRole('link', { name: 'How to read it' })).toHaveAttribute('href', '/shares/r1%3A1');
    expect(screen.getByText(ROLE)).toBeVisible();
    expect(screen.queryByText(/Accept the invitations/)).toBeNull();
    expect(await axeFaults()).toEqual([]);
  });

  test('without a kit there are the commands', async () => {
    const given = fakes();
    given.api.get.mockResolvedValue(shared({ share: share(), kit: false }));
    renderAt('/requests/r1', given);
    expect(await screen.findByText(/Accept the invitations/)).toBeVisible();
    expect(screen.queryByText('To be read by')).toBeNull();
  });

  test('an approver sees who is to read it', async () => {
    const given = fakes();
    given.api.question.mockResolvedValue(question({ target: { account_id: ACCOUNT, roles: [ROLE] } }));
    given.api.get.mockResolvedValue(detail());
    renderAt('/decisions/r1', given);
    expect(await screen.findByText(ROLE)).toBeVisible();
    expect(screen.getByText('To be read by')).toBeVisible();
  });
});
