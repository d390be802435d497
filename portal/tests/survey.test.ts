import { describe, expect, test } from 'vitest';
import type { GlueTable } from '../src/aws/glue';
import { columnsOf, surveyDatabase, surveyTable } from '../src/lake/survey';

const CENTRAL = '123456789012';
const WHERE = { name: 'retail', owner: { accountId: '111111111111', name: 'Retail' } };

function table(more: Partial<GlueTable> = {}): GlueTable {
  return {
    Name: 'customer',
    DatabaseName: 'retail',
    CatalogId: CENTRAL,
    StorageDescriptor: { Columns: [{ Name: 'id', Type: 'int' }] },
    PartitionKeys: [],
    ...more,
  };
}

const flagOf = (entry: GlueTable) => surveyTable(entry, WHERE, CENTRAL).flag;

describe('whether a table counts as personal data', () => {
  test('a flagged column', () => {
    const Columns = [{ Name: 'id' }, { Name: 'email', Parameters: { pii_flag: 'TRUE' } }];
    expect(flagOf(table({ StorageDescriptor: { Columns } }))).toBe('yes');
  });

  test('a flagged partition key', () => {
    expect(flagOf(table({ PartitionKeys: [{ Name: 'who', Parameters: { PII_Flag: 'y' } }] }))).toBe('yes');
  });

  test('its own flag', () => {
    expect(flagOf(table({ Parameters: { pii_flag: 'yes' } }))).toBe('yes');
    expect(flagOf(table({ Parameters: { pii_flag: 'perhaps' } }))).toBe('unreadable');
    expect(flagOf(table({ Parameters: { pii_flag: ' No ' } }))).toBe('no');
  });

  test.each([
    ['a view', { StorageDescriptor: null }],
    ['no column at all', { StorageDescriptor: { Columns: [] } }],
    ['columns that are no list', { StorageDescriptor: { Columns: 'id' } }],
    ['a column without a name', { StorageDescriptor: { Columns: [{ Type: 'int' }] } }],
    ['a column that is no object', { StorageDescriptor: { Columns: ['id'] } }],
    [
      'parameters of a column that are no object',
      { StorageDescriptor: { Columns: [{ Name: 'a', Parameters: ['x'] }] } },
    ],
    ['partition keys that are no list', { PartitionKeys: 'day' }],
  ])('unreadable columns: %s', (_, more) => {
    const entry = table(more);
    expect(columnsOf(entry)).toBeNull();
    expect(flagOf(entry)).toBe('columns');
  });

  test('a yes is said even where the columns cannot be read', () => {
    expect(flagOf(table({ StorageDescriptor: null, Parameters: { pii_flag: 'true' } }))).toBe('yes');
  });
});

describe('owner', () => {
  const ownerOf = (Parameters: Record<string, unknown>) => surveyTable(table({ Parameters }), WHERE, CENTRAL).owner;

  test('its own, or the database’s', () => {
    expect(ownerOf({ data_owner: '222222222222' })).toEqual({ accountId: '222222222222', name: '' });
    expect(ownerOf({})).toEqual(WHERE.owner);
  });

  test('an empty one does not fall back', () => {
    expect(ownerOf({ data_owner: '' })).toEqual({ accountId: '', name: '' });
  });
});

describe('what cannot be asked for', () => {
  test('links, and what belongs to another account', () => {
    expect(surveyTable(table(), WHERE, CENTRAL).barrier).toBe('');
    expect(surveyTable(table({ TargetTable: { Name: 'x' } }), WHERE, CENTRAL).barrier).toContain('resource link');
    expect(surveyTable(table({ DatabaseName: 'other' }), WHERE, CENTRAL).barrier).toContain('resource link');
    expect(surveyTable(table({ CatalogId: '999999999999' }), WHERE, CENTRAL).barrier).toContain('shared on');
    expect(surveyDatabase({ Name: 'a', TargetDatabase: {} }, CENTRAL).barrier).toContain('resource link');
  });
});

test('columns and partition keys, in their order', () => {
  const entry = table({ PartitionKeys: [{ Name: 'day', Type: 'date', Comment: 'of the sale' }] });
  expect(columnsOf(entry)?.map(({ name, isPartitionKey, comment }) => [name, isPartitionKey, comment])).toEqual([
    ['id', false, ''],
    ['day', true, 'of the sale'],
  ]);
});
