import type { ReactNode } from 'react';
import { number } from './format';

/** The first of `total` names, as many as are here, and how many more there are. */
export function Names({ names, total }: { names: readonly string[]; total: number }): ReactNode {
  const hidden = total - names.length;
  return (
    <>
      <p>
        {names.map((name) => (
          <code key={name} className="ls-chip">
            {name}
          </code>
        ))}
      </p>
      {hidden > 0 && <p className="ls-quiet">and {number(hidden)} more</p>}
    </>
  );
}
