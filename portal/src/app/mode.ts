import { Preference, usePreference } from '../shared/preference';

export type Choice = 'system' | 'light' | 'dark';

// `public/start.js` reads the same key before the first paint.
const CHOSEN = new Preference('lakeshare.mode');

function systemIsDark(): boolean {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

function choiceOf(kept: string | null): Choice {
  return kept === 'dark' || kept === 'light' ? kept : 'system';
}

function apply(): void {
  const choice = choiceOf(CHOSEN.read());
  // The component library's own name for it, which its style sheets go by.
  document.body.classList.toggle('awsui-dark-mode', choice === 'dark' || (choice === 'system' && systemIsDark()));
}

/** Apply the chosen mode now, and whenever the system's changes. */
export function startMode(): void {
  apply();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply);
}

/** Light or dark, as the system has it or as chosen here; the choice is kept in this browser. */
export function useMode(): [Choice, (choice: Choice) => void] {
  return [choiceOf(usePreference(CHOSEN)), choose];
}

function choose(choice: Choice): void {
  CHOSEN.write(choice === 'system' ? null : choice);
  apply();
}
