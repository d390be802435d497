import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test } from 'vitest';
import { PortalError } from '../src/shared/errors';
import { factsOf, notesOf } from '../src/search/findings';
import { axeFaults } from './support/axe';
import { FINDINGS, fakes, loadPages, renderAt } from './support/page';

beforeAll(loadPages, 120_000);

const field = () => screen.getByRole<HTMLInputElement>('combobox', { name: /^Search databases/ });
const options = () => screen.queryAllByRole('option');
const address = () => screen.getByTestId('address').textContent;

async function opened(given = fakes()) {
  const user = userEvent.setup();
  renderAt('/nowhere', given);
  await screen.findByRole('heading', { level: 1 });
  return { user, given };
}

describe('with the keyboard alone', () => {
  test('the slash leads to the field, the arrows to a result, Enter to its page', async () => {
    const { user, given } = await opened();
    await user.keyboard('/');
    expect(field()).toHaveFocus();
    expect(field()).toHaveValue('');
    expect(field()).toHaveAttribute('aria-expanded', 'false');
    await user.keyboard('custmer');
    await waitFor(() => {
      expect(options()).toHaveLength(2);
    });
    // One search for the whole word, not one a letter.
    expect(given.api.search.mock.calls.map(([text]) => text)).toEqual(['custmer']);
    expect(screen.getByText('2 results. The arrow keys choose one.')).toHaveAttribute('role', 'status');
    expect(field()).toHaveAttribute('aria-expanded', 'true');
    expect(field()).not.toHaveAttribute('aria-activedescendant');
    expect(await axeFaults()).toEqual([]);
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(options()[1]).toHaveAttribute('aria-selected', 'true');
    expect(field()).toHaveAttribute('aria-activedescendant', options()[1]?.id);
    expect(await axeFaults()).toEqual([]);
    // Behind the last there is none, then the first; upwards the same.
    await user.keyboard('{ArrowDown}');
    expect(field()).not.toHaveAttribute('aria-activedescendant');
    await user.keyboard('{ArrowUp}');
    expect(options()[1]).toHaveAttribute('aria-selected', 'true');
    await user.keyboard('{Enter}');
    expect(address()).toBe('/databases/crm');
    expect(field()).toHaveValue('');
    expect(options()).toEqual([]);
  });

  test('Enter by itself takes the best; Escape closes, then clears', async () => {
    const { user } = await opened();
    await user.type(field(), 'customer');
    // What was typed has not been searched for yet.
    await user.keyboard('{Enter}');
    expect(address()).toBe('/nowhere');
    await screen.findAllByRole('option');
    await user.keyboard('{Escape}');
    expect(options()).toEqual([]);
    expect(field()).toHaveValue('customer');
    await user.keyboard('{ArrowDown}');
    expect(options()).toHaveLength(2);
    await user.keyboard('{Enter}');
    expect(address()).toBe('/databases/retail/tables/customer');
    await user.type(field(), 'xy{Escape}{Escape}');
    expect(field()).toHaveValue('');
  });

  test('the slash is a letter where one types', async () => {
    const { user } = await opened();
    await user.type(field(), 'a/b');
    expect(field()).toHaveValue('a/b');
    await user.tab();
    await user.keyboard('{Control>}/{/Control}');
    expect(field()).not.toHaveFocus();
    await user.keyboard('/');
    expect(field()).toHaveFocus();
  });
});

test('the key can be switched off, and on again; the browser keeps it', async () => {
  const { user } = await opened();
  const turn = async (from: string) => {
    await user.click(screen.getByRole('button', { name: /^Account of/ }));
    const item = screen.getByRole('menuitemcheckbox', { name: 'The key / leads to the search' });
    expect(item).toHaveAttribute('aria-checked', from);
    expect(await axeFaults()).toEqual([]);
    await user.click(item);
  };
  expect(field()).toHaveAttribute('aria-keyshortcuts', '/');
  await turn('true');
  expect(field()).not.toHaveAttribute('aria-keyshortcuts');
  expect(document.querySelector('kbd')).toBeNull();
  expect(localStorage.getItem('lakeshare.slash')).toBe('off');
  await user.keyboard('/');
  expect(field()).not.toHaveFocus();
  await turn('false');
  expect(localStorage.getItem('lakeshare.slash')).toBeNull();
  await user.keyboard('/');
  expect(field()).toHaveFocus();
});

describe('what is found', () => {
  test('a click leads there, and leaving the field closes the list', async () => {
    const { user } = await opened();
    await user.type(field(), 'customer');
    await screen.findAllByRole('option');
    await user.tab();
    expect(options()).toEqual([]);
    await user.click(field());
    await user.click(screen.getByRole('option', { name: /^retail.customer/ }));
    expect(address()).toBe('/databases/retail/tables/customer');
  });

  test('one letter is not searched for', async () => {
    const { user, given } = await opened();
    await user.type(field(), 'c ');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(given.api.search).not.toHaveBeenCalled();
    expect(field()).toHaveAttribute('aria-expanded', 'false');
  });

  test('nothing', async () => {
    const given = fakes();
    given.api.search.mockResolvedValue({ ...FINDINGS, results: [] });
    const { user } = await opened(given);
    await user.type(field(), 'zebra');
    expect(await screen.findByText('Nothing has all of these words.')).toBeVisible();
    expect(screen.getByText('Nothing found')).toHaveAttribute('role', 'status');
  });

  test('what cannot be searched is said, and tried again', async () => {
    const given = fakes();
    given.api.search.mockRejectedValueOnce(new PortalError('busy', 'The catalogue has not been indexed yet.'));
    const { user } = await opened(given);
    await user.type(field(), 'customer');
    expect(await screen.findByRole('alert')).toHaveTextContent('The catalogue has not been indexed yet.');
    expect(options()).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findAllByRole('option')).toHaveLength(2);
  });
});

test('what a result says of itself', () => {
  expect(FINDINGS.results.map(factsOf)).toEqual([
    'Table · Retail - Store Operations · column c_email_address',
    'Database · Not named',
  ]);
});

test('the age of the index, and what is not in it', () => {
  const at = Date.parse('2026-11-29T20:00:00Z');
  const notes = (hours: number, more: Partial<typeof FINDINGS> = {}) =>
    notesOf({ ...FINDINGS, indexed_at: '2026-11-29T20:00:00Z', ...more }, at + hours * 3_600_000);
  expect(notes(1)[0]).toMatch(/^What came after 29 Nov 2026, .* is not found yet\.$/);
  expect(notes(3)[0]).toMatch(/^Out of date: what came after /);
  expect(notes(1, { more: true, unread_databases: 2 })).toEqual([
    'There may be more. Add a word to narrow it down.',
    expect.stringMatching(/^What came/),
    'Not all tables of 2 databases could be read.',
  ]);
});
