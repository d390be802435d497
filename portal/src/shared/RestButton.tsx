import type { ReactNode } from 'react';
import type { Source } from '../api/types';
import { GoButton } from './GoButton';
import { restPath } from './paths';

/** Leads to the form with the columns chosen that are not in. */
export function RestButton({ source, id }: { source: Source; id: string }): ReactNode {
  return (
    <GoButton variant="normal" href={restPath(source, id)}>
      Ask for the rest
    </GoButton>
  );
}
