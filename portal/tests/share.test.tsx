import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test } from 'vitest';
import { ApiError } from '../src/api/problem';
import type { Share } from '../src/api/types';
import { endOf, moment } from '../src/shared/format';
import { lifeOf } from '../src/share/life';
import { timelineOf } from '../src/request/timeline';
import { axeFaults } from './support/axe';
import { fakes, loadPages, renderAt } from './support/page';
import { share, shared } from './support/requests';

beforeAll(loadPages, 120_000);

const AT = '2026-12-11T08:15:00.000Z';

describe('where a share stands', () => {
  const now = Date.parse('2027-01-01T12:00:00Z');
  test.each<[Partial<Share>, string, string, string]>([
    [{ status: 'GRANTING' }, 'info', 'Being shared', 'just now'],
    [{}, 'success', 'Active until the end of 22 Feb 2027 (UTC)', '52 days from now.'],
    [{ until: null }, 'success', 'Active, without an end', 'Give it back'],
    [{ until: '2027-01-15T12:00:00.001Z' }, 'success', 'Active until 15 Jan 2027', '14 days from now.'],
    [
      { until: '2027-01-15T11:59:59.000Z' },
      'warning',
      'Active until 15 Jan 2027',
      '13 days from now. Renew it in time',
    ],
    [{ until: '2027-01-02T13:00:00.000Z' }, 'warning', 'Active until 2 Jan 2027', '1 day from now. Renew'],
    [{ until: '2027-01-02T00:00:00.000Z' }, 'warning', 'the end of 1 Jan 2027 (UTC)', 'less than a day'],
    [{ until: '2027-01-01T00:00:00.000Z' }, 'warning', 'the end of 31 Dec 2026 (UTC)', 'That has passed'],
    [{ status: 'REVOKING', reason: 'GivenBack' }, 'info', 'Being taken back', 'It was given back. This takes seconds'],
    [{ status: 'REVOKED', reason: 'Expired', ended_at: AT }, 'info', `Ended on ${moment(AT)}`, 'Its time was over.'],
    [{ status: 'REVOKED', reason: 'Revoked', ended_at: AT }, 'info', 'Ended on', 'It was revoked. Talk to the owner'],
    [{ status: 'REVOKED', reason: 'Held', ended_at: AT }, 'info', 'Ended on', 'There is a hold'],
    [{ status: 'REVOKED', reason: 'NotShared', ended_at: AT }, 'info', 'Ended on', 'did not end as shared'],
    [{ status: 'REVOKED', reason: 'CatalogueChanged', ended_at: AT }, 'info', 'Ended on', 'The data changed'],
    [{ status: 'REVOKED', reason: 'Replaced', ended_at: AT }, 'info', 'Ended on', 'A newer share'],
  ])('%o', (more, type, header, text) => {
    const life = lifeOf(share(more), now);
    expect(life).toEqual({
      type,
      header: expect.stringContaining(header) as string,
      text: expect.stringContaining(text) as string,
    });
  });

  test('an end that is no end of a day is a moment of the reader', () => {
    expect(endOf('2027-02-22T11:52:09.120Z')).toBe(moment('2027-02-22T11:52:09.120Z'));
  });
});

test('what happened to a share goes on after what happened to its request', () => {
  const history: Share['history'] = [
    ...share().history,
    { at: AT, event: 'Warned', detail: 'It ends 2027-02-23T00:00:00.000Z.' },
    { at: AT, event: 'Renewed', detail: 'Until 2027-05-01T11:52:09.120Z.' },
    { at: AT, event: 'GivenBack', by: 'alex@consumer.example', detail: 'No use for it.' },
    { at: AT, event: 'Ended', detail: 'Nothing stays.' },
  ];
  const steps = timelineOf(shared({ share: share({ history }) }));
  expect(steps.slice(-5).map(({ title, by, text, quote }) => [title, by, text, quote])).toEqual([
    ['Shared', '', 'Table retail.customer is shared with account 999999999999.', ''],
    ['Its end is near', '', 'Access until the end of 22 Feb 2027 (UTC).', ''],
    ['Renewed', '', `Access until ${moment('2027-05-01T11:52:09.120Z')}.`, ''],
    ['Given back', 'alex@consumer.example', '', 'No use for it.'],
    ['Nothing of it is granted any more', '', 'Nothing stays.', ''],
  ]);
});

describe('giving back', () => {
  async function opened(given = fakes()) {
    given.api.get.mockResolvedValue(shared({ share: share({ until: '2999-01-01T00:00:00.000Z' }) }));
    renderAt('/requests/r1', given);
    await userEvent.click(await screen.findByRole('button', { name: 'Give back' }));
    return { given, dialog: within(await screen.findByRole('dialog', { name: 'Give back retail.customer?' })) };
  }

  test('asks once more, wants a reason, and says what it does not do', async () => {
    const { given, dialog } = await opened();
    expect(dialog.getByText(/up to six hours, what was copied is not called back/)).toBeVisible();
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(dialog.getByRole('button', { name: 'Give it back' }));
    const why = dialog.getByRole('textbox', { name: 'Why?' });
    expect(why).toHaveFocus();
    expect(why).toHaveAccessibleDescription(/Say why/);
    expect(given.api.giveBack).not.toHaveBeenCalled();
    await userEvent.type(why, ' The model is trained. ');
    await userEvent.click(dialog.getByRole('button', { name: 'Give it back' }));
    expect(given.api.giveBack).toHaveBeenCalledExactlyOnceWith('r1:1', 'The model is trained.');
    expect((await screen.findAllByText('Being taken back')).length).toBeGreaterThan(1);
    expect(screen.queryByRole('dialog')).toBeNull();
    await waitFor(() => {
      expect(screen.getByRole('heading', { name: 'Access' })).toHaveFocus();
    });
    expect(within(screen.getByRole('main')).getByRole('status')).toHaveTextContent('Status: Being taken back');
    expect(screen.queryByRole('button', { name: 'Give back' })).toBeNull();
    expect(screen.queryByText('What to do next')).toBeNull();
    expect(screen.getByRole('link', { name: 'Ask again' })).toBeVisible();
    expect(await axeFaults()).toEqual([]);
  });

  test('can be thought better of', async () => {
    const { given, dialog } = await opened();
    await userEvent.click(dialog.getByRole('button', { name: 'Keep it' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(given.api.giveBack).not.toHaveBeenCalled();
  });

  test.each([
    [new ApiError('conflict', 409, 'x', { reason: 'ShareNotActive' }), 'It is being granted just now.'],
    [new ApiError('busy', 503, 'AWS is busy.'), 'AWS is busy.'],
  ])('what went wrong stays in the dialog, with what was typed', async (error, text) => {
    const given = fakes();
    given.api.giveBack.mockRejectedValueOnce(error);
    const { dialog } = await opened(given);
    await userEvent.type(dialog.getByRole('textbox', { name: 'Why?' }), 'No use.');
    await userEvent.click(dialog.getByRole('button', { name: 'Give it back' }));
    expect(await dialog.findByText(new RegExp(text))).toBeVisible();
    await userEvent.click(dialog.getByRole('button', { name: 'Try again' }));
    expect((await screen.findAllByText('Being taken back')).length).toBeGreaterThan(1);
  });

  test('what the API says of the reason stands beside it', async () => {
    const given = fakes();
    const fields = [{ field: 'reason', message: 'reason must be text without control characters.' }];
    given.api.giveBack.mockRejectedValueOnce(new ApiError('invalid', 422, 'x', { fields }));
    const { dialog } = await opened(given);
    await userEvent.type(dialog.getByRole('textbox', { name: 'Why?' }), 'No use.');
    await userEvent.click(dialog.getByRole('button', { name: 'Give it back' }));
    await waitFor(() => {
      expect(dialog.getByRole('textbox', { name: 'Why?' })).toHaveAccessibleDescription(/without control characters/);
    });
  });

  test.each([{ mine: false }, { share: share({ status: 'GRANTING' }) }, { share: share({ status: 'REVOKED' }) }])(
    'is not for %o',
    async (more) => {
      const given = fakes();
      given.api.get.mockResolvedValue(shared({ share: share(), ...more }));
      renderAt('/requests/r1', given);
      expect(await screen.findByRole('heading', { name: 'Access' })).toBeVisible();
      expect(screen.queryByRole('button', { name: 'Give back' })).toBeNull();
    },
  );
});

test('an end that somebody brought about says who and what they said', async () => {
  const given = fakes();
  const ended = share({
    status: 'REVOKED',
    reason: 'Revoked',
    ended_at: AT,
    ended_by: 'operator@lake.example',
    note: 'An incident.',
  });
  given.api.get.mockResolvedValue(shared({ share: ended }));
  renderAt('/requests/r1', given);
  expect(await screen.findByText('Ended by operator@lake.example.')).toBeVisible();
  expect(screen.getByText('An incident.')).toBeVisible();
  expect(screen.getByText('retail.customer was shared with 999999999999')).toBeVisible();
  expect(screen.getByText(/what was copied is not called back/)).toBeVisible();
  expect(await axeFaults()).toEqual([]);
});
