/**
 * The rule that decides whether a catalogue parameter says "personal data".
 *
 * The workflow applies the same rule (`handlers/sharing/model/sensitivity.py`); `tests/pii_flag_cases.json` holds the cases that
 * both must pass.
 */

const PII_FLAG = 'pii_flag';

// Plainly no. Everything else is personal data, readable or not.
const NO = new Set(['false', '0', 'no', 'n', '']);
const YES = new Set(['true', '1', 'yes', 'y']);

/** What a flag says. `unreadable` counts as personal data, with a reason of its own. */
export type Flag = 'no' | 'yes' | 'unreadable';

/** Read one `pii_flag` value as it stands in the catalogue; `null` and `undefined` mean that there is none. */
export function readFlag(value: unknown): Flag {
  if (value === null || value === undefined) return 'no';
  if (typeof value !== 'string') return 'unreadable';
  const word = trimmed(value).toLowerCase();
  if (NO.has(word)) return 'no';
  return YES.has(word) ? 'yes' : 'unreadable';
}

/** All values that `parameters` gives for `pii_flag`, however the key is written. */
export function flagsOf(parameters: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(parameters)
    .filter(([key]) => trimmed(key).toLowerCase() === PII_FLAG)
    .map(([, value]) => value);
}

/** The strictest reading of several values: one yes outweighs every no. */
export function strictest(values: readonly unknown[]): Flag {
  const readings = new Set(values.map(readFlag));
  if (readings.has('yes')) return 'yes';
  return readings.has('unreadable') ? 'unreadable' : 'no';
}

// Only what ASCII calls white space: `trim()` takes more, and the workflow's language other things again.
function trimmed(text: string): string {
  return text.replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, '');
}
