import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Column, Detail, Effective, OfferedParts, PartInBrief } from '../src/api/types';
import { ALL_OF_IT, type PartDraft, type PartFields, checkPart, choicesOf } from '../src/ask/part';
import { leavesOut, partText } from '../src/shared/part';
import { axeFaults } from './support/axe';
import { COLUMNS, PARTS, TABLE, fakes, loadPages, renderAt } from './support/page';
import { detail, preview, shared } from './support/requests';
import { listed, oneShare } from './support/shares';

beforeAll(loadPages, 120_000);

const ADDRESS = '/databases/retail/tables/customer/request';
const SOURCE = { database: 'retail', table: 'customer' };
const BRIEF: PartInBrief = {
  scope: 'safe',
  filter: null,
  columns: ['c_city', 'day'],
  columns_in: 2,
  columns_total: 3,
};
const EXTENT = { columns: ['c_city', 'day'], row_filter: null };
const EUROPE = { name: 'europe', expression: "region = 'EU'", refusal: null };
const BROKEN = { name: 'odd', expression: null, refusal: { reason: 'UnknownFilter', message: 'It stands twice.' } };

const EFFECTIVE: Effective = {
  others: 1,
  untold: false,
  whole: false,
  reaches: [],
  reaches_total: 0,
  side_by_side: true,
  text: 'With another part, the account can read 3 columns of some rows.',
};

const [EMAIL, CITY, DAY] = COLUMNS as [Column, Column, Column];

const account = () => screen.findByRole('textbox', { name: 'Account that gets access' });
const kind = (name: RegExp) => screen.findByRole('radio', { name });
const list = () => screen.getByRole('listbox', { name: 'Columns' });
const option = (name: RegExp) => within(list()).getByRole('option', { name });

async function chooseColumns() {
  await userEvent.click(await kind(/^Some columns/));
  return list();
}

describe('which part is asked for', () => {
  const many = Array.from({ length: 2000 }, (_, at) => `c${at}`);
  test.each<[Partial<PartDraft>, number, PartFields | null, RegExp]>([
    [{}, 1, {}, /^$/],
    [{ rows: 'europe' }, 1, { filter: 'europe' }, /^$/],
    [{ partKind: 'safe', columns: ['kept from before'] }, 1, { scope: 'safe' }, /^$/],
    [{ partKind: 'columns', columns: ['a'], rows: 'eu' }, 1, { columns: ['a'], filter: 'eu' }, /^$/],
    [{ partKind: 'columns' }, 1, null, /at least one/],
    [{ partKind: 'columns', columns: many }, 0, { columns: many }, /^$/],
    [{ partKind: 'columns', columns: many }, 1, null, /At most 2,000/],
  ])('%#', (draft, keys, fields, error) => {
    const checked = checkPart({ ...ALL_OF_IT, ...draft }, keys);
    expect(checked.fields).toEqual(fields);
    expect(checked.error).toMatch(error);
  });

  test('columns that differ in capitals only are one, which is as strict as both', () => {
    const mail: Column = { ...EMAIL, name: 'Mail' };
    const key: Column = { ...DAY, name: 'mail' };
    expect(choicesOf([mail, key])).toEqual([{ name: 'mail', type: 'date', fixed: true, why: 'flagged by its owner' }]);
  });
});

describe('what is in, in words', () => {
  test.each<[Partial<PartInBrief>, string, boolean]>([
    [{}, '2 of 3 columns', true],
    [{ filter: 'eu' }, '2 of 3 columns, rows: eu', true],
    [{ columns_total: null }, '2 columns', true],
    [{ columns_in: 3, filter: 'eu', scope: null }, '3 of 3 columns, rows: eu', false],
    [{ columns_in: null, columns_total: null }, 'Columns without personal data', false],
    [{ columns_in: null, columns_total: null, scope: null, filter: 'eu' }, 'All columns, rows: eu', false],
    [{ columns_in: 1999, columns_total: 2000 }, '1,999 of 2,000 columns', true],
    [{ columns: [], columns_in: 21, columns_total: 40 }, '21 of 40 columns', false],
  ])('%#', (more, text, rest) => {
    expect(partText({ ...BRIEF, ...more })).toBe(text);
    expect(leavesOut({ ...BRIEF, ...more })).toBe(rest);
  });
});

describe('the form', () => {
  test('a whole table is asked for without a word on parts', async () => {
    const given = fakes();
    renderAt(ADDRESS, given);
    expect(await kind(/^The whole table/)).toBeChecked();
    expect(screen.queryByRole('listbox')).not.toBeInTheDocument();
    expect(screen.queryByText(/added to the table later are not in/)).not.toBeInTheDocument();
    await userEvent.type(await account(), '999999999999');
    await waitFor(() => {
      expect(given.api.preview).toHaveBeenLastCalledWith(SOURCE, expect.anything(), {}, expect.anything());
    });
  });

  test('only what nobody needs to approve', async () => {
    const given = fakes();
    const extent = { columns: ['c_city', 'day'], row_filter: null, left_out: preview().grounds, left_out_total: 1 };
    given.api.preview.mockResolvedValue(
      preview({
        outcome: 'grant',
        grounds: [],
        grounds_total: 0,
        scope: 'filtered',
        columns_total: 3,
        extent,
        effective: EFFECTIVE,
      }),
    );
    renderAt(ADDRESS, given);
    await userEvent.click(await kind(/^Only what nobody needs to approve/));
    expect(screen.getByText(/^2 of 3 columns: all without personal data/)).toBeVisible();
    expect(screen.getByText(/added to the table later are not in.*cannot leave them out/)).toBeVisible();
    await userEvent.type(await account(), '999999999999');
    expect(await screen.findByText('Shared at once')).toBeVisible();
    expect(screen.getByText('2 of 3 columns.')).toBeVisible();
    expect(screen.getByText('Left out, as it counts as personal data')).toBeVisible();
    expect(screen.getByText(EFFECTIVE.text)).toBeVisible();
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Get access' }));
    expect(given.api.create).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ scope: 'safe' }));
  });

  test.each<[Partial<OfferedParts>, string, boolean]>([
    [
      { safe: { columns: null, refusal: { reason: 'NothingSafe', message: 'All is flagged.' } } },
      'All is flagged.',
      true,
    ],
    [{ refusal: { reason: 'FilterRefused', message: 'It is a view.' } }, 'It is a view.', false],
  ])('what there is not says why: %#', async (more, why, columns) => {
    const given = fakes();
    const parts = { ...PARTS, ...more, filters: [EUROPE], filters_total: 1 };
    given.api.table.mockResolvedValue({ table: TABLE, parts, columns: COLUMNS, next: null });
    renderAt(ADDRESS, given);
    expect(await kind(/^Only what nobody needs to approve/)).toBeDisabled();
    expect(screen.getAllByText(why).length).toBeGreaterThan(0);
    expect((await kind(/^Some columns/)).hasAttribute('disabled')).toBe(!columns);
    expect(screen.queryByRole('button', { name: /^Rows/ }) !== null).toBe(columns);
    expect(await axeFaults()).toEqual([]);
  });

  test('of a whole database, too', async () => {
    const given = fakes();
    const scope = 'filtered_tables';
    const says = "Table 'v' is a view: what it shows is flagged elsewhere, if at all.";
    const safe_tables = {
      columns_in: 12,
      left_out: preview().grounds,
      left_out_total: 1,
      omitted: [{ table: 'v', reason: 'NothingSafe', says }],
      omitted_total: 1_200,
    };
    given.api.preview.mockResolvedValue(
      preview({ outcome: 'grant', grounds: [], grounds_total: 0, scope, safe_tables }),
    );
    renderAt('/databases/retail/request', given);
    await userEvent.click(await kind(/^Only what nobody needs to approve/));
    await userEvent.type(await account(), '999999999999');
    expect(await screen.findByText(/^Reading the safe columns of the one table/)).toBeVisible();
    expect(screen.getByText('12 columns of these tables are in. What is added later is not.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: '1,200 tables left out' }));
    expect(screen.getByText(says)).toBeVisible();
    expect(screen.getByText('and 1,199 more.')).toBeVisible();
    expect(screen.getByText('Left out, as it counts as personal data')).toBeVisible();
    expect(await axeFaults()).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Get access' }));
    expect(given.api.create).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ scope: 'safe', source: { database: 'retail', table: '*' } }),
    );
  });

  test('columns are picked with the mouse, many at once or one by one', async () => {
    const given = fakes();
    const page = renderAt(ADDRESS, given);
    await chooseColumns();
    expect(screen.getByText('1 of 3 columns')).toBeVisible();
    expect(option(/^day/)).toHaveAttribute('aria-selected', 'true');
    expect(option(/^c_email_address Personal data .*flagged by its owner/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Those without personal data' }));
    expect(option(/^c_city/)).toHaveAttribute('aria-selected', 'true');
    expect(option(/^c_email_address/)).toHaveAttribute('aria-selected', 'false');
    await userEvent.click(option(/^day/));
    expect(screen.getByText('2 of 3 columns')).toBeVisible();
    await userEvent.click(option(/^c_email_address/));
    await userEvent.click(option(/^c_city/));
    expect(await axeFaults()).toEqual([]);
    await userEvent.type(await account(), '999999999999');
    await userEvent.type(screen.getByRole('textbox', { name: /^Purpose/ }), 'A churn model');
    page.unmount();
    renderAt(ADDRESS, given);
    await screen.findByText('2 of 3 columns');
    await userEvent.click(screen.getByRole('button', { name: /Send the request/ }));
    await waitFor(() => {
      expect(given.api.create).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ columns: ['c_email_address'] }),
      );
    });
  });

  test('columns are picked by keyboard, and nothing is sent without one', async () => {
    const given = fakes();
    renderAt(ADDRESS, given);
    await userEvent.type(await account(), '999999999999');
    const box = await chooseColumns();
    await userEvent.click(screen.getByRole('button', { name: /Send the request/ }));
    expect(screen.getByRole('alert')).toHaveTextContent('Choose at least one column.');
    expect(given.api.create).not.toHaveBeenCalled();
    box.focus();
    await userEvent.keyboard('{End}{Home}{ArrowDown} ');
    expect(box).toHaveAttribute('aria-activedescendant', option(/^c_city/).id);
    expect(option(/^c_city/)).toHaveAttribute('aria-selected', 'true');
    await userEvent.keyboard('{ArrowDown}{Enter}{ArrowUp}{ArrowUp}{Control>}a{/Control}');
    expect(screen.getByText('3 of 3 columns')).toBeVisible();
    await userEvent.type(screen.getByRole('searchbox', { name: 'Search columns' }), 'flagged');
    expect(within(list()).getAllByRole('option')).toHaveLength(1);
    await userEvent.click(screen.getByRole('button', { name: 'None of those found' }));
    expect(screen.getByText('2 of 3 columns')).toBeVisible();
  });

  test('of two thousand columns a dozen are drawn', async () => {
    const given = fakes();
    const columns = Array.from({ length: 2000 }, (_, at): Column => ({ ...CITY, name: `c${at}` }));
    given.api.table.mockResolvedValue({ table: TABLE, parts: PARTS, columns, next: null });
    renderAt(ADDRESS, given);
    const box = await chooseColumns();
    expect(within(box).getAllByRole('option').length).toBeLessThan(30);
    box.focus();
    await userEvent.keyboard('{End} ');
    expect(option(/^c1999 /)).toHaveAttribute('aria-posinset', '2000');
    expect(screen.getByText('1 of 2,000 columns')).toBeVisible();
    expect(within(box).getAllByRole('option').length).toBeLessThan(30);
  });

  test('rows by a filter, with what stands on the table', async () => {
    const given = fakes();
    const parts = { ...PARTS, filters: [EUROPE, BROKEN], filters_total: 2 };
    given.api.table.mockResolvedValue({ table: TABLE, parts, columns: COLUMNS, next: null });
    renderAt(ADDRESS, given);
    await userEvent.click(await screen.findByRole('button', { name: /^Rows/ }));
    expect(screen.getByRole('option', { name: /^odd/ })).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(screen.getByRole('option', { name: /^europe/ }));
    expect(screen.getByText("region = 'EU'")).toBeVisible();
    await userEvent.type(await account(), '999999999999');
    await waitFor(() => {
      expect(given.api.preview.mock.lastCall).toEqual([
        SOURCE,
        { account_id: '999999999999' },
        { filter: 'europe' },
        expect.anything(),
      ]);
    });
  });

  test.each([
    ['r1:1', 'share'],
    ['r1', 'get'],
  ] as const)('the rest of %s: what it left out is chosen already', async (id, read) => {
    const given = fakes();
    given.api.share.mockResolvedValue(oneShare({ in_brief: BRIEF, extent: EXTENT }));
    const classification = { ...shared().classification, scope: 'filtered', columns_total: 3, extent: EXTENT };
    given.api.get.mockResolvedValue(shared({ classification: classification as never }));
    renderAt(`${ADDRESS}?rest=${id}`, given);
    expect(await kind(/^Some columns/)).toBeChecked();
    expect(screen.getByText(/^Chosen here: 1 column that account 999999999999 has not got/)).toBeVisible();
    expect(option(/^c_email_address/)).toHaveAttribute('aria-selected', 'true');
    expect(option(/^c_city/)).toHaveAttribute('aria-selected', 'false');
    expect(await account()).toHaveValue('999999999999');
    expect(given.api[read]).toHaveBeenCalledWith(id, expect.anything());
  });

  test('a part is renewed as the part that it is', async () => {
    const given = fakes();
    const part = { scope: null, columns: ['c_city'], filter: 'europe' };
    given.api.share.mockResolvedValue(oneShare({ in_brief: BRIEF, extent: EXTENT, part }));
    renderAt('/shares/r1%3A1/renew', given);
    await waitFor(() => {
      expect(given.api.preview).toHaveBeenCalledWith(
        SOURCE,
        expect.anything(),
        { columns: ['c_city'], filter: 'europe', renews: 'r1:1' },
        expect.anything(),
      );
    });
  });
});

describe('pages and lists', () => {
  const rest = () => screen.findByRole('link', { name: /^Ask for the rest/ });
  const address = (id: string) => `${ADDRESS}?rest=${encodeURIComponent(id)}`;

  test.each([
    ['/shares/r1%3A1', 'r1:1'],
    ['/shares', 'r1:1'],
    ['/requests/r1', 'r1'],
    ['/requests', 'r1'],
  ])('%s says which part, and leads to the rest', async (path, id) => {
    const given = fakes();
    const classification = {
      ...shared().classification,
      scope: 'filtered',
      columns_total: 3,
      extent: EXTENT,
      effective: EFFECTIVE,
    } as never;
    given.api.share.mockResolvedValue(
      oneShare({ in_brief: BRIEF, extent: EXTENT, scope: 'filtered', effective: EFFECTIVE }),
    );
    given.api.shares.mockResolvedValue({ items: [listed({ in_brief: BRIEF, scope: 'filtered' })], next: null });
    given.api.get.mockResolvedValue(shared({ in_brief: BRIEF, classification }));
    given.api.list.mockResolvedValue({ items: [detail({ in_brief: BRIEF })], next: null });
    renderAt(path, given);
    expect(await rest()).toHaveAttribute('href', address(id));
    expect(screen.getAllByText(/^2 of 3 columns/).length).toBeGreaterThan(0);
    expect(screen.getAllByText('c_city').length).toBeGreaterThan(0);
    expect(screen.queryAllByText(EFFECTIVE.text)).toHaveLength(path.includes('r1') ? 1 : 0);
    expect(await axeFaults()).toEqual([]);
  });

  test('a request says who gave fewer columns, and how many', async () => {
    const given = fakes();
    const decision = { ...shared().decision, columns: ['c_city'] } as Detail['decision'];
    given.api.get.mockResolvedValue(shared({ in_brief: { ...BRIEF, scope: null, columns_in: 1 }, decision }));
    renderAt('/requests/r1', given);
    expect(await screen.findByText('dana@retail.example gave 1 of the 18 columns that were asked for.')).toBeVisible();
    expect(await rest()).toHaveAttribute('href', address('r1'));
  });

  test.each(['/shares/r1%3A1', '/shares', '/requests/r1', '/requests'])(
    '%s says how much of a whole database is in, and leads to no one rest of it',
    async (path) => {
      const given = fakes();
      const source = { database: 'retail', table: '*' };
      const brief = { ...BRIEF, columns: [], columns_in: 21, columns_total: 40 };
      const share = { source, in_brief: brief, scope: 'filtered_tables' as const };
      given.api.share.mockResolvedValue(oneShare({ ...share, names: ['customer', 'store'], names_total: 2 }));
      given.api.shares.mockResolvedValue({ items: [listed(share)], next: null });
      given.api.get.mockResolvedValue(shared({ source, in_brief: brief }));
      given.api.list.mockResolvedValue({ items: [detail({ source, in_brief: brief })], next: null });
      renderAt(path, given);
      expect((await screen.findAllByText(/21 of 40 columns/)).length).toBeGreaterThan(0);
      const sentence = screen.queryByText(/^21 of 40 columns, without personal data, of 2 tables of/);
      expect(sentence !== null).toBe(path.startsWith('/shares/'));
      expect(screen.queryByRole('link', { name: /^Ask for the rest/ })).toBeNull();
      expect(await axeFaults()).toEqual([]);
    },
  );

  test('of somebody else’s share nobody is led to the rest', async () => {
    const given = fakes();
    given.api.share.mockResolvedValue(
      oneShare({ in_brief: BRIEF, extent: EXTENT, requester: { email: 'kim@consumer.example' } }),
    );
    renderAt('/shares/r1%3A1', given);
    expect(await screen.findByText(/^2 of 3 columns\. Columns that are added/)).toBeVisible();
    expect(screen.queryByRole('link', { name: /^Ask for the rest/ })).not.toBeInTheDocument();
  });
});
