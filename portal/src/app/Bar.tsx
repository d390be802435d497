import type { ReactNode } from 'react';
import { Logo } from '../shared/Logo';

/** The bar on top. `children`: what only somebody who is signed in gets. */
export function Bar({ brandHref, children }: { brandHref?: ReactNode; children?: ReactNode }): ReactNode {
  return (
    <header className="ls-bar">
      <div className="ls-bar-inner">
        {brandHref ?? (
          <span className="ls-brand">
            <Logo /> Lakeshare
          </span>
        )}
        {children}
      </div>
    </header>
  );
}
