/** The target account of a request: the same check as the workflow's, and a kind word while it is typed. */

export interface AccountCheck {
  valid: boolean;
  /** What is wrong, once it cannot become right by typing on; empty: nothing is. */
  error: string;
  /** How far it is. */
  hint: string;
}

/** People copy account ids with spaces and dashes in them, and mean the digits. */
export function tidyAccount(text: string): string {
  return text.replace(/[\s\-‐-―]/g, '');
}

/** Check an account id as it is typed: twelve ASCII digits, and not the central account. */
export function checkAccount(text: string, centralAccount: string): AccountCheck {
  if (!/^[0-9]*$/.test(text)) return wrong('An account id has digits only.');
  if (text.length > 12) return wrong(`An account id has 12 digits; this has ${text.length}.`);
  if (text.length < 12)
    return { valid: false, error: '', hint: text === '' ? '12 digits' : `${text.length} of 12 digits` };
  if (text === centralAccount) return wrong('This is the central account, which holds the data already.');
  return { valid: true, error: '', hint: '12 of 12 digits' };
}

/** What is wrong with an account id that is sent off. */
export function errorOnSending(text: string, centralAccount: string): string {
  const check = checkAccount(text, centralAccount);
  if (check.valid || check.error !== '') return check.error;
  if (text === '') return 'Say which account is to get access.';
  return `An account id has 12 digits; this has ${text.length}.`;
}

/**
 * The account that a form begins with, or goes on with: of somebody who is bound to `accounts`, only one of these.
 * `null`: nobody is bound.
 */
export function accountAmong(accounts: readonly string[] | null, typed: string): string {
  if (accounts === null || accounts.includes(typed)) return typed;
  return accounts.length === 1 ? (accounts[0] ?? '') : '';
}

function wrong(error: string): AccountCheck {
  return { valid: false, error, hint: '' };
}
