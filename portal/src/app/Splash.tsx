import type { ReactNode } from 'react';
import { Bar } from './Bar';

/**
 * The page's frame while it is not yet known who is signed in, or not any more: nothing jumps when the rest comes.
 * `says`: what is under way, for who listens to the page.
 */
export function Splash({ says }: { says: string }): ReactNode {
  return (
    <>
      <Bar />
      <main className="ls-main" aria-busy="true">
        <p role="status" className="ls-hidden">
          {says}
        </p>
      </main>
    </>
  );
}
