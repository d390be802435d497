import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Button } from './Button';

interface Props {
  href: string;
  children: ReactNode;
  variant?: 'primary' | 'normal';
  disabledReason?: string;
}

/** A button that leads to another page. With a `disabledReason` it leads nowhere, and says why. */
export function GoButton({ href, children, variant = 'primary', disabledReason = '' }: Props): ReactNode {
  if (disabledReason !== '') {
    return (
      <Button variant={variant} disabledReason={disabledReason} onClick={() => undefined}>
        {children}
      </Button>
    );
  }
  return (
    <Link className={`ls-button ls-${variant}`} to={href}>
      {children}
    </Link>
  );
}
