import Badge from '@cloudscape-design/components/badge';
import type { ReactNode } from 'react';
import type { TableFlag } from '../lake/survey';

const NOTES: Partial<Record<TableFlag, string>> = {
  unreadable: 'Its flag cannot be read, so it counts as personal data.',
  columns: 'Its columns cannot be read, so it counts as personal data.',
};

/** Whether something counts as personal data. `no`: what stands there if it does not. */
export function PersonalBadge({ flag, no = 'No' }: { flag: TableFlag; no?: ReactNode }): ReactNode {
  if (flag === 'no') return no === null ? null : <span className="ls-quiet">{no}</span>;
  const note = NOTES[flag];
  return (
    <span className="ls-badge" title={note}>
      <Badge color={flag === 'yes' ? 'severity-high' : 'severity-medium'}>
        {flag === 'yes' ? 'Personal data' : 'Personal data?'}
      </Badge>
      {note !== undefined && <span className="ls-hidden">{note}</span>}
    </span>
  );
}
