import type { ReactNode } from 'react';
import type { Personal } from '../api/types';
import { Badge } from './Badge';

interface Props {
  personal: Personal;
  /** What stands there if nothing is personal data. */
  no?: ReactNode;
}

/** Whether something counts as personal data. */
export function PersonalBadge({ personal, no = 'No' }: Props): ReactNode {
  if (personal === 'no') return no === null ? null : <span className="ls-quiet">{no}</span>;
  const note = personal === 'unreadable' ? 'Nobody can tell, so it counts as personal data.' : undefined;
  return (
    <span title={note}>
      <Badge color={personal === 'yes' ? 'red' : 'orange'}>
        {personal === 'yes' ? 'Personal data' : 'Personal data?'}
      </Badge>
      {note !== undefined && <span className="ls-hidden">{note}</span>}
    </span>
  );
}
