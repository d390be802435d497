import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import type { Execution } from '../api/types';
import { useServices } from '../app/services';
import { Outcome, executionStatusText } from '../executions/status';
import { Command } from '../shared/Command';
import { Facts } from '../shared/Facts';
import { GoButton } from '../shared/GoButton';
import { PageHeader } from '../shared/PageHeader';
import { Skeleton } from '../shared/Skeleton';
import { Problem } from '../shared/Problem';
import { moment, nameOf } from '../shared/format';
import { requestPath } from '../shared/paths';

/** One execution, with its input and output. Its name is the id of its request. */
export default function ExecutionPage(): ReactNode {
  const { name = '' } = useParams();
  const { api } = useServices();
  const query = useQuery({
    queryKey: ['execution', name],
    queryFn: ({ signal }) => api.execution(name, signal),
    staleTime: 1000,
    refetchInterval: ({ state }) => (state.data?.status === 'RUNNING' ? 4000 : false),
  });
  const execution = query.data;
  return (
    <>
      <PageHeader
        title={execution?.request ? `Execution for ${nameOf(execution.request.source)}` : 'Execution'}
        trail={[{ text: 'Executions', href: '/executions' }]}
        mark={execution && <Outcome of={execution} />}
        lede={<span className="ls-break">{name}</span>}
        actions={
          <GoButton variant="normal" href={requestPath(name)}>
            Go to its request
          </GoButton>
        }
      />
      {query.error && (
        <Problem
          error={query.error}
          header={execution ? 'This may be out of date' : 'The execution cannot be shown'}
          onRetry={() => void query.refetch()}
          texts={{ 'not-found': 'There is no execution of this name. AWS forgets them after 90 days.' }}
        />
      )}
      <p role="status" className="ls-hidden">
        {execution ? `Execution: ${executionStatusText(execution.status)}` : ''}
      </p>
      {!(query.error && execution === undefined) && (
        <>
          <Facts
            loading={execution === undefined}
            facts={[
              { label: 'Ran', value: execution && executionStatusText(execution.status) },
              { label: 'Started', value: moment(execution?.started_at) },
              { label: 'Stopped', value: execution && (moment(execution.stopped_at) || 'Still running') },
            ]}
          />
          <Documents execution={execution} />
        </>
      )}
    </>
  );
}

function Documents({ execution }: { execution: Execution | undefined }): ReactNode {
  return (
    <section className="ls-card" aria-label="Documents">
      <h2>ARN</h2>
      {execution ? <Command label="ARN" text={execution.arn} /> : <Skeleton height="3rem" />}
      <h2>Input</h2>
      {execution ? (
        <Command label="input" text={shown(execution.input, execution.input_cut) || 'None'} />
      ) : (
        <Skeleton height="13rem" />
      )}
      <h2>Output</h2>
      <Command label="output" text={outputOf(execution)} />
    </section>
  );
}

function outputOf(execution: Execution | undefined): string {
  if (execution === undefined) return '…';
  if (execution.error || execution.cause) return [execution.error, execution.cause].filter(Boolean).join('\n');
  return shown(execution.output, execution.output_cut) || (execution.status === 'RUNNING' ? 'None yet' : 'None');
}

/** A document in lines; of a very long one the beginning, as it came. */
function shown(document: string | null, cut: boolean): string {
  if (!document) return '';
  if (cut) return `${document}…`;
  try {
    return JSON.stringify(JSON.parse(document), null, 2);
  } catch {
    return document;
  }
}
