import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Column, Summary, Table } from '../src/api/types';
import { PortalError } from '../src/shared/errors';
import { axeFaults } from './support/axe';
import { DATABASE, PARTS, TABLE, fakes, loadPages, renderAt } from './support/page';
import { detail, shared } from './support/requests';
import { ME } from './support/shares';

beforeAll(loadPages, 120_000);

describe('every page is there, and axe has nothing to say', () => {
  test.each([
    ['/', 'Catalogue', 'retail'],
    ['/databases/retail', 'retail', 'customer'],
    ['/databases/retail/tables/customer', 'customer', 'c_email_address'],
    ['/databases/retail/request', 'Ask for retail', 'Send the request'],
    ['/databases/retail/tables/customer/request', 'Ask for retail.customer', 'Send the request'],
    ['/requests', 'Requests', 'retail.customer'],
    ['/requests/r1', 'Request for retail.customer', 'What happened'],
    ['/executions', 'Executions', 'retail.customer'],
    ['/executions/r1', 'Execution for retail.customer', 'Input'],
    ['/nowhere', 'There is no such page', 'Go to the catalogue'],
  ])('%s', async (address, title, content) => {
    renderAt(address);
    expect(await screen.findByRole('heading', { level: 1, name: title })).toBeVisible();
    expect((await screen.findAllByText(content)).length).toBeGreaterThan(0);
    expect(document.title).toBe(`${title} · Lakeshare`);
    expect(await axeFaults()).toEqual([]);
  });
});

describe('requests', () => {
  test('one that cannot be read is a row that says so, without a link', async () => {
    const given = fakes();
    const unreadable: Summary = {
      ...detail({ id: 'r2', source: null, target: null, requester: null, owner: null }),
      status: 'UNREADABLE',
      message: 'It cannot be read.',
    };
    given.api.list.mockResolvedValue({ items: [shared(), unreadable], next: null });
    renderAt('/requests', given);
    const row = (await screen.findByText('Cannot be read')).closest('tr');
    expect(row).toHaveTextContent('r2');
    expect(row).toHaveTextContent('It cannot be read.');
    expect(row?.querySelector('a')).toBeNull();
    expect(screen.getAllByRole('link', { name: /^retail.customer/ })).toHaveLength(1);
  });
});

describe('the catalogue', () => {
  test('databases come page by page, and are searched as one types', async () => {
    const given = fakes();
    given.api.databases.mockImplementation((next) => {
      const from = Number(next ?? 0);
      const items = Array.from({ length: 100 }, (_, at) => ({ ...DATABASE, name: `archive_${from + at}` }));
      return Promise.resolve({ items, next: from < 200 ? String(from + 100) : null });
    });
    renderAt('/', given);
    expect(await screen.findByText('(300)')).toBeVisible();
    expect(given.api.databases.mock.calls.map(([next]) => next)).toEqual([null, '100', '200']);
    expect(screen.queryByText('archive_299')).toBeNull();
    await userEvent.type(screen.getByPlaceholderText('Search databases'), 'archive_299');
    expect(await screen.findByRole('link', { name: 'archive_299' })).toBeVisible();
    await waitFor(() => {
      expect(screen.getByTestId('address')).toHaveTextContent('/?q=archive_299');
    });
    await userEvent.type(screen.getByPlaceholderText('Search databases'), 'x');
    expect(await screen.findByText(/No database matches/)).toBeVisible();
  });

  test('each says whether its tables ask', async () => {
    const given = fakes();
    const items = (['asks', 'mixed', 'open', null] as const).map((access) => ({
      ...DATABASE,
      name: `db_${access ?? 'new'}`,
      access,
    }));
    given.api.databases.mockResolvedValue({ items, next: null });
    renderAt('/', given);
    for (const [name, text] of [
      ['db_asks', 'Ask'],
      ['db_mixed', 'Mixed'],
      ['db_open', 'Open'],
      ['db_new', 'See tables'],
    ] as const) {
      const row = (await screen.findByRole('link', { name })).closest('tr');
      expect(row?.lastElementChild).toHaveTextContent(new RegExp(`^${text}`));
    }
    expect(await axeFaults()).toEqual([]);
  });

  test('a page that cannot be read leaves the others there', async () => {
    const given = fakes();
    given.api.databases.mockImplementation((next) =>
      next === null
        ? Promise.resolve({ items: [DATABASE], next: '1' })
        : Promise.reject(new PortalError('offline', 'AWS cannot be reached.')),
    );
    renderAt('/', given);
    expect(await screen.findByText('Only 1 databases are shown')).toBeVisible();
    expect(screen.getByRole('link', { name: 'retail' })).toBeVisible();
  });

  test('what cannot be read, and nothing there', async () => {
    const given = fakes();
    given.api.databases.mockRejectedValueOnce(new PortalError('fault', 'An operator has to look into it.'));
    const page = renderAt('/', given);
    expect(await screen.findByText('An operator has to look into it.')).toBeVisible();
    page.unmount();
    given.api.databases.mockResolvedValue({ items: [], next: null });
    renderAt('/', given);
    expect(await screen.findByText('There is no database here yet')).toBeVisible();
  });

  test('columns come page by page, too', async () => {
    const given = fakes();
    const column = (name: string): Column => ({
      name,
      type: 'int',
      comment: '',
      partition_key: false,
      personal: 'no',
      rules: [],
    });
    given.api.table.mockResolvedValueOnce({ table: TABLE, parts: PARTS, columns: [column('first')], next: 'x' });
    given.api.table.mockResolvedValueOnce({ table: TABLE, parts: PARTS, columns: [column('second')], next: null });
    renderAt('/databases/retail/tables/customer', given);
    expect(await screen.findByText('second')).toBeVisible();
    expect(screen.getByText('first')).toBeVisible();
    expect(given.api.table).toHaveBeenLastCalledWith('retail', 'customer', 'x', expect.anything());
  });

  test('flags and owners are said as the API gives them', async () => {
    const given = fakes();
    const fault = { reason: 'OwnerNotRegistered', message: 'The data owner is not registered.' };
    given.api.tables.mockResolvedValue({
      items: [
        { ...TABLE, name: 'unread', personal: 'unreadable', columns_total: null },
        { ...TABLE, name: 'flag', personal: 'unreadable', owner: null },
        {
          ...TABLE,
          name: 'odd',
          personal: 'no',
          owner: { account_id: 'x', name: null, fault, contact: null, contact_fault: null },
        },
      ],
      next: null,
    });
    renderAt('/databases/retail', given);
    expect(await screen.findByText('Columns unknown')).toBeVisible();
    expect(screen.getAllByText('Nobody can tell, so it counts as personal data.')).toHaveLength(2);
    expect(screen.getByText('Not registered: nobody can decide')).toBeVisible();
    expect(screen.getByText('2 tables with personal data.')).toBeVisible();
  });

  test.each([
    ['stores@example.org', 'stores@example.org', 'mailto:stores@example.org'],
    ['https://wiki.example/stores', 'wiki.example/stores', 'https://wiki.example/stores'],
  ])('an owner is reached by %s', async (contact, name, href) => {
    const given = fakes();
    given.api.database.mockResolvedValue({ ...DATABASE, owner: DATABASE.owner && { ...DATABASE.owner, contact } });
    renderAt('/databases/retail', given);
    expect(await screen.findByRole('link', { name })).toHaveAttribute('href', href);
  });

  test('a contact that is none is said, and keeps nobody from asking', async () => {
    const given = fakes();
    const owner = DATABASE.owner && { ...DATABASE.owner, contact: null, contact_fault: 'It must be an address.' };
    given.api.database.mockResolvedValue({ ...DATABASE, owner });
    renderAt('/databases/retail', given);
    expect(await screen.findByText('Its contact cannot be used')).toHaveAttribute('title', 'It must be an address.');
    expect(screen.getByRole('link', { name: 'Ask for the whole database' })).toBeVisible();
  });

  test('a table says why its owner is asked', async () => {
    const given = fakes();
    const table: Table = { ...TABLE, personal: 'yes', rules: ['DatabaseFlagged', 'View'], flagged_columns: 2 };
    given.api.table.mockResolvedValueOnce({ table, parts: PARTS, columns: [], next: null });
    renderAt('/databases/retail/tables/customer', given);
    expect(
      await screen.findByText(
        'Its database is flagged. It is a view of data whose flags are elsewhere. 2 columns with personal data.',
      ),
    ).toBeVisible();
  });

  test('what cannot be shared says why', async () => {
    const given = fakes();
    given.api.database.mockResolvedValue({
      ...DATABASE,
      refusal: { reason: 'ResourceLink', message: 'It is a link.' },
    });
    renderAt('/databases/retail', given);
    await waitFor(() => {
      expect(screen.getByRole('button', { name: /Ask for the whole database/ })).toHaveAttribute(
        'aria-disabled',
        'true',
      );
    });
  });
});

describe('executions', () => {
  test('each says what became of its request: none that was denied looks like a success', async () => {
    const given = fakes();
    const denied = await given.api.execution();
    given.api.executions.mockResolvedValue({
      items: [
        denied,
        {
          ...denied,
          name: 'r2',
          status: 'ABORTED',
          request: denied.request && { ...denied.request, status: 'FAILED' },
        },
        { ...denied, name: 'elsewhere', request: null },
      ],
      next: null,
    });
    renderAt('/executions', given, { isAuditor: true });
    expect(await screen.findByText('elsewhere')).toBeVisible();
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows.slice(1)).toEqual([
      expect.stringContaining('retail.customerDenied999999999999'),
      expect.stringContaining('retail.customerFailedExecution: Aborted999999999999'),
      expect.stringContaining('elsewhereEnded'),
    ]);
    expect(screen.queryByText('Succeeded')).toBeNull();
  });
});

describe('a request', () => {
  test('shared: what was granted, and what to do next', async () => {
    const given = fakes();
    given.api.get.mockResolvedValue(shared());
    renderAt('/requests/r1', given);
    expect(await screen.findByText('What to do next')).toBeVisible();
    expect(screen.getByText('What was granted')).toBeVisible();
    expect(screen.getByText('Fine.')).toBeVisible();
    expect(screen.getByLabelText('accept an invitation')).toHaveTextContent('aws ram accept-resource-share-invitation');
    expect(await axeFaults()).toEqual([]);
  });

  test('it follows while it is open', async () => {
    const given = fakes();
    given.api.get.mockResolvedValueOnce(detail()).mockResolvedValue(shared());
    renderAt('/requests/r1', given);
    expect(await screen.findByText('Being looked up in the catalogue')).toBeVisible();
    expect(await screen.findByText('What to do next')).toBeVisible();
  });

  test('somebody else’s', async () => {
    const given = fakes();
    given.api.get.mockRejectedValue(new PortalError('not-found', 'x'));
    renderAt('/requests/r1', given);
    expect(await screen.findByText(/or it is somebody else’s/)).toBeVisible();
  });

  test('refused: who can mend it', async () => {
    const given = fakes();
    given.api.get.mockResolvedValue(detail({ status: 'REFUSED', reason: 'OwnerMissing', message: 'No data_owner.' }));
    renderAt('/requests/r1', given);
    expect(await screen.findByText('No data_owner.')).toBeVisible();
    expect(screen.getByText(/owner of the data can mend this/)).toBeVisible();
    expect(screen.getByRole('link', { name: 'Ask again' })).toBeVisible();
  });
});

describe('the list of requests', () => {
  test('pages are asked for as they are turned to', async () => {
    const given = fakes();
    given.api.list.mockResolvedValue({ items: [shared()], next: 'two' });
    renderAt('/requests', given);
    await userEvent.click(await screen.findByRole('button', { name: /Next page/i }));
    await waitFor(() => {
      expect(given.api.list).toHaveBeenLastCalledWith({ kind: 'mine' }, 'two', expect.anything());
    });
  });

  test('only auditors choose whose', async () => {
    const given = fakes();
    const page = renderAt('/requests?view=status&status=DENIED', given);
    await screen.findByText('My requests');
    expect(given.api.list).toHaveBeenCalledWith({ kind: 'mine' }, null, expect.anything());
    page.unmount();
    renderAt('/requests?view=status&status=DENIED', given, { isAuditor: true });
    await screen.findByText('Requests found');
    expect(given.api.list).toHaveBeenLastCalledWith({ kind: 'status', status: 'DENIED' }, null, expect.anything());
    expect(await axeFaults()).toEqual([]);
  });

  test('none yet', async () => {
    const given = fakes();
    given.api.list.mockResolvedValue({ items: [], next: null });
    renderAt('/requests', given);
    expect(await screen.findByText('You have not asked for anything yet')).toBeVisible();
  });
});

test.each<[Partial<typeof ME>, boolean]>([
  [{}, false],
  [{ owner_of: [{ account_id: '222222222222', name: null, decisions: 'link' }] }, false],
  [{ auditor: true }, true],
  [{ operator: true }, true],
])('how a request ran is offered to those who may see it: %j', async (me, offered) => {
  const given = fakes();
  given.api.me.mockResolvedValue({ ...ME, ...me });
  given.api.get.mockResolvedValue(detail({ execution_arn: 'arn:aws:states:x:1:execution:m:r1' }));
  renderAt('/requests/r1', given);
  await screen.findByRole('heading', { level: 1, name: /^Request for/ });
  await waitFor(() => {
    expect(screen.queryByRole('link', { name: 'How it ran' }) !== null).toBe(offered);
  });
});
