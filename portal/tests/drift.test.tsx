import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, expect, test } from 'vitest';
import { ApiError } from '../src/api/problem';
import { findingCells } from '../src/audit/Save';
import { axeFaults } from './support/axe';
import { CONFIG } from './support/config';
import { FINDING, fakes, loadPages, renderAt } from './support/page';
import { ME } from './support/shares';

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

const EVERYWHERE = { config: { ...CONFIG, drift: true } };

function watching(me: object) {
  const given = { ...fakes(), ...EVERYWHERE };
  given.api.me.mockResolvedValue({ ...ME, ...me });
  return given;
}

test('an auditor meets drift on the Audit page, with how many are open', async () => {
  const given = watching({ auditor: true });
  given.api.findings.mockResolvedValue({
    findings: [FINDING, { ...FINDING, id: 'f2', database: 'crm', status: 'ACCEPTED', actions: [] }],
    total: 2,
  });
  renderAt('/audit', given);
  await userEvent.click(await screen.findByRole('button', { name: 'Drift (1)' }));
  expect(await screen.findAllByText(FINDING.message)).toHaveLength(2);
  expect(screen.getByTestId('address')).toHaveTextContent('/audit?show=drift');
  expect(screen.queryByRole('link', { name: 'Drift' })).toBeNull();
  expect(screen.queryByRole('searchbox', { name: 'Database' })).toBeNull();
  expect(await axeFaults()).toEqual([]);
});

test.each<[string, object, string]>([
  ['an operator', { operator: true }, '/audit?show=drift'],
  ['an owner', { owner_of: [{ account_id: '111111111111', name: null, decisions: 'link' }] }, '/drift'],
])('%s who follows a link to drift', async (_, me, address) => {
  renderAt('/drift', watching(me));
  await waitFor(() => {
    expect(screen.getByTestId('address')).toHaveTextContent(address);
    expect(screen.queryByRole('link', { name: 'Drift' }) !== null).toBe(address === '/drift');
  });
  expect(await screen.findByText(FINDING.message)).toBeVisible();
});

test('a stack that does not look for drift offers none', async () => {
  const given = fakes();
  given.api.me.mockResolvedValue({ ...ME, auditor: true });
  renderAt('/audit', given);
  expect(await screen.findByRole('button', { name: 'What is held' })).toBeVisible();
  expect(screen.queryByRole('button', { name: /^Drift/ })).toBeNull();
  expect(given.api.findings).not.toHaveBeenCalled();
});

test('each finding is a row of the file', () => {
  const { kind, status, since, message } = FINDING;
  expect(findingCells(FINDING)).toEqual([
    ...[kind, status, since, '999999999999', 'retail', '111111111111', message, '1', ''],
    ...['', '', '', '', 'f1'],
  ]);
});

test('where nothing differs the page says so', async () => {
  const given = fakes();
  given.api.findings.mockResolvedValue({ findings: [], total: 0 });
  renderAt('/drift', given);
  expect(await screen.findByText('Nothing differs')).toBeVisible();
});
