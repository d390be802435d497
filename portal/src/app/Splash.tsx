import type { ReactNode } from 'react';
import { Bar } from './Bar';

/** The page's frame while it is not yet known who is signed in: nothing jumps when the rest comes. */
export function Splash(): ReactNode {
  return (
    <>
      <Bar />
      <main className="ls-main" aria-busy="true">
        <p role="status" className="ls-hidden">
          Loading
        </p>
      </main>
    </>
  );
}
