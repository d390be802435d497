/** Browser storage that may be switched off, full or emptied: then nothing is kept, and nothing breaks. */

export function readStored(storage: Storage, key: string): string | null {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

/** Keep `value` under `key`; `null` removes it. */
export function writeStored(storage: Storage, key: string, value: string | null): void {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, value);
  } catch {
    // Full or switched off.
  }
}

/** Remove everything whose key begins with `prefix`. */
export function clearStored(storage: Storage, prefix: string): void {
  try {
    for (const key of Object.keys(storage)) if (key.startsWith(prefix)) storage.removeItem(key);
  } catch {
    // Switched off.
  }
}
