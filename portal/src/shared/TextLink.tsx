import Link, { type LinkProps } from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';

interface Props {
  href: string;
  children: ReactNode;
  variant?: LinkProps.Variant;
  ariaLabel?: string;
}

/** A link within the page: an ordinary one for "open in a new tab", without a reload on a plain click. */
export function TextLink({ href, children, variant = 'primary', ariaLabel }: Props): ReactNode {
  const navigate = useNavigate();
  return (
    <Link
      href={href}
      variant={variant}
      {...(ariaLabel === undefined ? {} : { ariaLabel })}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(href);
      }}
    >
      {children}
    </Link>
  );
}
