import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from '../shared/storage';

export type Choice = 'system' | 'light' | 'dark';

// `public/start.js` reads the same key before the first paint.
const KEY = 'lakeshare.mode';
const listeners = new Set<() => void>();

function systemIsDark(): boolean {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

function current(): Choice {
  const kept = readStored(localStorage, KEY);
  return kept === 'dark' || kept === 'light' ? kept : 'system';
}

function apply(): void {
  const choice = current();
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
  const choice = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
  return [choice, choose];
}

function choose(choice: Choice): void {
  writeStored(localStorage, KEY, choice === 'system' ? null : choice);
  apply();
  listeners.forEach((listener) => {
    listener();
  });
}
