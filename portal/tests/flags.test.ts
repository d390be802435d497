import { expect, test } from 'vitest';
import cases from '../../tests/pii_flag_cases.json';
import { flagsOf, readFlag, strictest } from '../src/lake/flags';

interface Case {
  key?: string;
  value: unknown;
  pii: boolean;
  reading: string;
}

// The same table tests the workflow's rule, handlers/sharing/model/sensitivity.py.
test.each(cases as Case[])('$key $value: $reading', ({ key = 'pii_flag', value, pii, reading }) => {
  const flag = strictest(flagsOf({ [key]: value }));
  expect(flag).toBe(reading);
  expect(flag !== 'no').toBe(pii);
  if (key === 'pii_flag') expect(readFlag(value)).toBe(reading);
});

test('one yes outweighs every no, however the keys are written', () => {
  expect(strictest(flagsOf({ pii_flag: 'false', PII_Flag: 'TRUE' }))).toBe('yes');
  expect(strictest(flagsOf({ PII_FLAG: 'maybe', pii_flag: 'no' }))).toBe('unreadable');
  expect(strictest(flagsOf({}))).toBe('no');
});
