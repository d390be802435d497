import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { DriftFinding, FindingAction } from '../api/types';
import { useServices } from '../app/services';
import { Badge } from '../shared/Badge';
import { Button } from '../shared/Button';
import { Empty } from '../shared/Empty';
import { PageHeader } from '../shared/PageHeader';
import { PageSkeleton } from '../shared/PageSkeleton';
import { Problem } from '../shared/Problem';
import { TextLink } from '../shared/TextLink';
import { counted, moment } from '../shared/format';
import { requestPath } from '../shared/paths';
import { Settle } from './Settle';
import { ACTIONS, KINDS, STATUSES } from './wording';

/** What drift found, and what can be done about it: everything for those who watch, their own data's for owners. */
export default function FindingsPage(): ReactNode {
  const { api } = useServices();
  const query = useQuery({ queryKey: ['findings'], queryFn: ({ signal }) => api.findings(signal), staleTime: 2000 });
  const { data } = query;
  return (
    <>
      <PageHeader
        title="Drift"
        trail={[]}
        lede="Where the lake differs from what Lakeshare has shared. It is looked at each night, and when a grant changes; nothing here is granted or taken back by itself."
      />
      {query.error !== null && (
        <Problem
          error={query.error}
          header={data === undefined ? 'The findings cannot be shown' : 'The findings may be out of date'}
          onRetry={() => void query.refetch()}
        />
      )}
      {data === undefined && query.error === null && <PageSkeleton />}
      {data?.findings.length === 0 && (
        <Empty title="Nothing differs">What is granted is what Lakeshare has shared, as far as you may see it.</Empty>
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

function FindingCard({ finding }: { finding: DriftFinding }): ReactNode {
  const [action, setAction] = useState<FindingAction | null>(null);
  const { title, color } = KINDS[finding.kind];
  const more = finding.things_total - finding.things.length;
  return (
    <section className="ls-card" aria-labelledby={finding.id}>
      <h2 id={finding.id} className="ls-break">
        {title}: {finding.database ?? 'no database'}, {finding.principal}
      </h2>
      <p>
        <Badge color={finding.status === 'OPEN' ? color : 'grey'}>{STATUSES[finding.status]}</Badge>{' '}
        <span className="ls-quiet">Since {moment(finding.since)}.</span>
      </p>
      <p className="ls-break">{finding.message}</p>
      <details>
        <summary>{counted(finding.things_total, 'thing')}</summary>
        <ul className="ls-list">
          {finding.things.map((each) => (
            <li key={each} className="ls-break">
              {each}
            </li>
          ))}
          {more > 0 && <li>and {more} more</li>}
        </ul>
      </details>
      {finding.share_id !== null && (
        <p>
          Of the share of <TextLink href={requestPath(finding.share_id.replace(/:\d+$/, ''))}>this request</TextLink>.
        </p>
      )}
      {finding.settled_by !== null && finding.action !== null && (
        <p className="ls-break">
          {ACTIONS[finding.action].done} by {finding.settled_by}, {moment(finding.settled_at)}: {finding.note}
        </p>
      )}
      {finding.actions.length > 0 && (
        <div className="ls-buttons">
          {finding.actions.map((each) => (
            <Button
              key={each}
              onClick={() => {
                setAction(each);
              }}
            >
              {ACTIONS[each].label}
            </Button>
          ))}
        </div>
      )}
      {action !== null && (
        <Settle
          finding={finding}
          action={action}
          onClose={() => {
            setAction(null);
          }}
        />
      )}
    </section>
  );
}
