import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface Props {
  href: string;
  children: ReactNode;
  ariaLabel?: string;
}

/** A link within the page: an ordinary one for "open in a new tab", without a reload on a plain click. */
export function TextLink({ href, children, ariaLabel }: Props): ReactNode {
  return (
    <Link className="ls-link" to={href} aria-label={ariaLabel}>
      {children}
    </Link>
  );
}
