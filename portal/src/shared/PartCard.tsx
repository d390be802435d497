import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { ReactNode } from 'react';
import type { Effective, Extent, PartInBrief } from '../api/types';
import { GroundsList } from './GroundsList';
import { Names } from './Names';
import { counted } from './format';
import { Together } from './Together';
import { partText } from './part';

interface Props {
  title: string;
  brief: PartInBrief;
  /** All that is known of it; not where it is not settled yet. */
  extent: Extent | undefined;
  effective: Effective | undefined;
  /** What else there is to say of it. */
  note?: string;
  /** The way to the rest. */
  action?: ReactNode;
}

/** Which columns and rows of a table are in, and what was left out. */
export function PartCard({ title, brief, extent, effective, note = '', action }: Props): ReactNode {
  return (
    <section className="ls-card" aria-labelledby="part">
      <h2 id="part">{title}</h2>
      <p>{partText(brief)}. Columns that are added to the table later are not in.</p>
      {note !== '' && <p className="ls-break">{note}</p>}
      {extent && <ExtentDetails extent={extent} />}
      <Together effective={effective} />
      {action !== undefined && <div className="ls-buttons">{action}</div>}
    </section>
  );
}

/** The columns, the rows, and what counts as personal data and was left out. */
export function ExtentDetails({ extent }: { extent: Extent }): ReactNode {
  const { columns, row_filter: rows, left_out: leftOut = [], left_out_total: total = 0 } = extent;
  return (
    <>
      {rows !== null && (
        <p className="ls-break">
          Only rows where <code className="ls-exact">{rows}</code>
        </p>
      )}
      <ExpandableSection headerText={counted(columns.length, 'column')}>
        <Names names={columns} total={columns.length} />
      </ExpandableSection>
      {total > 0 && (
        <>
          <h3>Left out, as it counts as personal data</h3>
          <GroundsList grounds={leftOut} total={total} />
        </>
      )}
    </>
  );
}
