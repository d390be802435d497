import { useSyncExternalStore } from 'react';

const QUERY = '(max-width: 47.99em)';

/** Whether the window is as narrow as a phone: lists then put several facts into one column. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(QUERY);
      media.addEventListener('change', listener);
      return () => {
        media.removeEventListener('change', listener);
      };
    },
    () => matchMedia(QUERY).matches,
  );
}
