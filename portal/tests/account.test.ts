import { expect, test } from 'vitest';
import { checkAccount, errorOnSending, tidyAccount } from '../src/ask/account';

const CENTRAL = '123456789012';

test('twelve digits are right', () => {
  expect(checkAccount('999999999999', CENTRAL)).toEqual({ valid: true, error: '', hint: '12 of 12 digits' });
});

test('while it is typed, what is missing is no error', () => {
  expect(checkAccount('99999', CENTRAL)).toEqual({ valid: false, error: '', hint: '5 of 12 digits' });
  expect(errorOnSending('99999', CENTRAL)).toContain('this has 5');
  expect(errorOnSending('', CENTRAL)).toContain('which account');
});

test.each([
  ['9999999999999', '13'],
  ['99999999999x', 'digits only'],
  ['٩٩٩٩٩٩٩٩٩٩٩٩', 'digits only'],
  [CENTRAL, 'central account'],
])('%s is said to be wrong at once', (text, word) => {
  expect(checkAccount(text, CENTRAL).error).toContain(word);
  expect(errorOnSending(text, CENTRAL)).toContain(word);
});

test('spaces and dashes of a copied id are left out', () => {
  expect(tidyAccount(' 9999-9999 9999\n')).toBe('999999999999');
});
