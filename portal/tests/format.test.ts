import { expect, test } from 'vitest';
import { endOf, moment } from '../src/shared/format';

test('a moment says in which zone it is told', () => {
  const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })
    .formatToParts(new Date('2026-11-24T11:52:09Z'))
    .find(({ type }) => type === 'timeZoneName')?.value;
  expect(zone).toBeTruthy();
  expect(moment('2026-11-24T11:52:09Z')).toMatch(new RegExp(`^24 Nov 2026, \\d\\d:\\d\\d ${zone}$`));
  expect(moment('2026-13-99')).toBe('2026-13-99');
  expect(moment(null)).toBe('');
});

test('what ends with a day ends in UTC', () => {
  expect(endOf('2027-02-23T00:00:00.000Z')).toBe('the end of 22 Feb 2027 (UTC)');
});
