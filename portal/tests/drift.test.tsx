import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, expect, test } from 'vitest';
import { ApiError } from '../src/api/problem';
import { axeFaults } from './support/axe';
import { FINDING, fakes, loadPages, renderAt } from './support/page';

beforeAll(loadPages, 120_000);

test('what differs is explained, and settled with a reason', async () => {
  const given = fakes();
  renderAt('/drift', given);
  expect(await screen.findByRole('heading', { name: 'Granted past Lakeshare: retail, 999999999999' })).toBeVisible();
  expect(screen.getByText(FINDING.message)).toBeVisible();
  expect(await axeFaults()).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Adopt' }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Adopt?' }));
  expect(dialog.getByText(/It becomes a share of the account/)).toBeVisible();
  await userEvent.click(dialog.getByRole('button', { name: 'Adopt' }));
  expect(dialog.getByRole('textbox', { name: 'Why?' })).toHaveFocus();
  expect(given.api.settle).not.toHaveBeenCalled();
  await userEvent.type(dialog.getByRole('textbox', { name: 'Why?' }), ' Known. ');
  given.api.settle.mockRejectedValueOnce(
    new ApiError('conflict', 409, 'Somebody else was quicker. Look at it again.', { reason: 'FindingChanged' }),
  );
  await userEvent.click(dialog.getByRole('button', { name: 'Adopt' }));
  expect(await dialog.findByText('Somebody else was quicker. Look at it again.')).toBeVisible();
  await userEvent.click(dialog.getByRole('button', { name: 'Adopt' }));
  await waitFor(() => {
    expect(screen.queryByRole('dialog')).toBeNull();
  });
  expect(given.api.settle).toHaveBeenLastCalledWith('f1', { action: 'adopt', digest: 'd1', reason: 'Known.' });
  expect(given.api.findings).toHaveBeenCalledTimes(2);
});

test('one that somebody has seen to says who and why, and more than fits is counted', async () => {
  const given = fakes();
  const settled = {
    status: 'ACCEPTED',
    action: 'accept',
    settled_by: 'jane@owner.example',
    settled_at: FINDING.since,
    note: 'Known.',
    share_id: 'r1:1',
    things_total: 9,
    actions: [],
  } as const;
  given.api.findings.mockResolvedValue({ findings: [{ ...FINDING, ...settled, actions: [] }], total: 600 });
  renderAt('/drift', given);
  expect(await screen.findByText(/^Accepted by jane@owner.example/)).toHaveTextContent('Known.');
  expect(screen.getByRole('link', { name: 'this request' })).toHaveAttribute('href', '/requests/r1');
  expect(screen.getByText('The oldest 1 of 600 findings.')).toBeVisible();
  expect(screen.getByText('and 8 more')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Revoke' })).toBeNull();
});

test('where nothing differs the page says so', async () => {
  const given = fakes();
  given.api.findings.mockResolvedValue({ findings: [], total: 0 });
  renderAt('/drift', given);
  expect(await screen.findByText('Nothing differs')).toBeVisible();
});
