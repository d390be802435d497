import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from './storage';

/** What somebody has chosen for themselves in this browser; every part of the page hears of a change at once. */
export class Preference {
  readonly #listeners = new Set<() => void>();

  constructor(private readonly key: string) {}

  /** What was chosen; `null`: nothing. */
  readonly read = (): string | null => readStored(localStorage, this.key);

  /** Keep a choice; `null` forgets it. */
  write(value: string | null): void {
    writeStored(localStorage, this.key, value);
    this.#listeners.forEach((listener) => {
      listener();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

export function usePreference(preference: Preference): string | null {
  return useSyncExternalStore(preference.subscribe, preference.read);
}
