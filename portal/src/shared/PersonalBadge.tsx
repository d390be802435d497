import Badge from '@cloudscape-design/components/badge';
import type { ReactNode } from 'react';
import type { Personal } from '../api/types';

interface Props {
  personal: Personal;
  /** How many columns a table has; `null`: there is no list of them. */
  columns?: number | null;
  /** What stands there if nothing is personal data. */
  no?: ReactNode;
}

/** Whether something counts as personal data. */
export function PersonalBadge({ personal, columns, no = 'No' }: Props): ReactNode {
  if (personal === 'no') return no === null ? null : <span className="ls-quiet">{no}</span>;
  const what = columns === null ? 'columns' : 'flag';
  const note = personal === 'unreadable' ? `Its ${what} cannot be read, so it counts as personal data.` : undefined;
  return (
    <span className="ls-badge" title={note}>
      <Badge color={personal === 'yes' ? 'severity-high' : 'severity-medium'}>
        {personal === 'yes' ? 'Personal data' : 'Personal data?'}
      </Badge>
      {note !== undefined && <span className="ls-hidden">{note}</span>}
    </span>
  );
}
