import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';

interface Props {
  href: string;
  children: ReactNode;
  variant?: ButtonProps.Variant;
  disabledReason?: string;
}

/** A button that leads to another page. With a `disabledReason` it leads nowhere, and says why. */
export function GoButton({ href, children, variant = 'primary', disabledReason = '' }: Props): ReactNode {
  const navigate = useNavigate();
  if (disabledReason !== '') {
    return (
      <Button variant={variant} disabled disabledReason={disabledReason}>
        {children}
      </Button>
    );
  }
  return (
    <Button
      variant={variant}
      href={href}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(href);
      }}
    >
      {children}
    </Button>
  );
}
