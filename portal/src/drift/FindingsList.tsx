import type { ReactNode } from 'react';
import { Empty } from '../shared/Empty';
import { PageSkeleton } from '../shared/PageSkeleton';
import { Problem } from '../shared/Problem';
import { counted } from '../shared/format';
import { FindingCard } from './FindingCard';
import { useFindings } from './useFindings';

/** What drift found, and what can be done about it: everything for those who watch, their own data's for owners. */
export function FindingsList(): ReactNode {
  const { data, error, refetch } = useFindings();
  return (
    <>
      {error !== null && (
        <Problem
          error={error}
          header={data === undefined ? 'The findings cannot be shown' : 'The findings may be out of date'}
          onRetry={() => void refetch()}
        />
      )}
      {data === undefined && error === null && <PageSkeleton />}
      {data?.findings.length === 0 && (
        <div className="ls-card">
          <Empty title="Nothing differs">What is granted is what Lakeshare has shared, as far as you may see it.</Empty>
        </div>
      )}
      {data !== undefined && data.total > data.findings.length && (
        <p>
          The oldest {data.findings.length} of {counted(data.total, 'finding')}.
        </p>
      )}
      {data?.findings.map((each) => (
        <FindingCard key={each.id} finding={each} />
      ))}
    </>
  );
}
