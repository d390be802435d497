import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { ReactNode } from 'react';
import type { SafeTables as Safe } from '../api/types';
import { GroundsList } from './GroundsList';
import { counted, number } from './format';

/** What of the safe part of a whole database is in, and what was left out and why. */
export function SafeTables({ safe }: { safe: Safe | undefined }): ReactNode {
  if (safe === undefined) return null;
  const { omitted, omitted_total: total } = safe;
  const more = total - omitted.length;
  return (
    <>
      <p>{counted(safe.columns_in, 'column')} of these tables are in. What is added later is not.</p>
      {total > 0 && (
        <ExpandableSection headerText={`${counted(total, 'table')} left out`}>
          <ul className="ls-list">
            {omitted.map(({ table, says }) => (
              <li key={table} className="ls-break">
                {says}
              </li>
            ))}
            {more > 0 && <li>and {number(more)} more.</li>}
          </ul>
        </ExpandableSection>
      )}
      {safe.left_out_total > 0 && (
        <>
          <h3>Left out, as it counts as personal data</h3>
          <GroundsList grounds={safe.left_out} total={safe.left_out_total} />
        </>
      )}
    </>
  );
}
