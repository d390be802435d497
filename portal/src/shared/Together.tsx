import type { ReactNode } from 'react';
import type { Effective } from '../api/types';

/** What the account can read of the table by this part and its other parts of it together. */
export function Together({ effective }: { effective: Effective | undefined }): ReactNode {
  if (effective === undefined) return null;
  return (
    <>
      <h3>With what the account has of it besides</h3>
      <p className="ls-break ls-exact">{effective.text}</p>
    </>
  );
}
