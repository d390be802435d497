import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Select from '@cloudscape-design/components/select';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { ExecutionSummary } from '../api/types';
import { useServices } from '../app/services';
import { Empty } from '../shared/Empty';
import type { ListColumn } from '../shared/ListTable';
import { PageHeader } from '../shared/PageHeader';
import { PagedTable } from '../shared/PagedTable';
import { Problem } from '../shared/Problem';
import { TextLink } from '../shared/TextLink';
import { moment, nameOf } from '../shared/format';
import { executionPath } from '../shared/paths';
import { useCursor } from '../shared/useCursor';
import { Outcome, executionStatusText } from './status';

const POLL_MS = 5000;

/** What it is about; its own name only where the register knows no more. */
const data = (row: ExecutionSummary) => (
  <span className="ls-break">
    <TextLink
      href={executionPath(row.name)}
      ariaLabel={`${row.request ? nameOf(row.request.source) : row.name}, started ${moment(row.started_at)}`}
    >
      {row.request ? nameOf(row.request.source) : row.name}
    </TextLink>
  </span>
);

const account = (row: ExecutionSummary) => row.request?.target?.account_id;

const COLUMNS: readonly ListColumn<ExecutionSummary>[] = [
  { id: 'data', header: 'Data', cell: data, share: 30, isRowHeader: true },
  { id: 'outcome', header: 'Outcome', cell: (row) => <Outcome of={row} />, share: 20 },
  { id: 'account', header: 'For account', cell: account, share: 16 },
  { id: 'start', header: 'Started', cell: (row) => moment(row.started_at), share: 17 },
  { id: 'stop', header: 'Stopped', cell: (row) => moment(row.stopped_at), share: 17 },
];

const NARROW: readonly ListColumn<ExecutionSummary>[] = [
  {
    id: 'data',
    header: 'Execution',
    share: 100,
    isRowHeader: true,
    cell: (row) => (
      <span className="ls-stack">
        {data(row)}
        <Outcome of={row} />
        <span className="ls-quiet ls-small">
          {moment(row.started_at)}
          {row.stopped_at ? ` – ${moment(row.stopped_at)}` : ''}
        </span>
      </span>
    ),
  },
];

const STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
const ALL = { value: '', label: 'However they ran' };
const OPTIONS = [ALL, ...STATUSES.map((value) => ({ value, label: executionStatusText(value) }))];

/** The workflow's executions, everybody's, newest first. */
export default function ExecutionsPage(): ReactNode {
  const [params, setParams] = useSearchParams();
  const status = STATUSES.find((each) => each === params.get('status')) ?? null;
  return (
    <>
      <PageHeader
        title="Executions"
        trail={[]}
        lede="How the sharing workflow ran, and what came of it, also for requests that were started elsewhere."
      />
      <ExecutionsList
        key={status}
        status={status}
        filter={
          <div className="ls-select">
            <Select
              ariaLabel="Show executions by how they ran"
              selectedOption={OPTIONS.find(({ value }) => value === (status ?? '')) ?? ALL}
              options={OPTIONS}
              onChange={({ detail }) => {
                const { value } = detail.selectedOption;
                setParams(value ? { status: value } : {}, { replace: true });
              }}
            />
          </div>
        }
      />
    </>
  );
}

function ExecutionsList({
  status,
  filter,
}: {
  status: (typeof STATUSES)[number] | null;
  filter: ReactNode;
}): ReactNode {
  const { api } = useServices();
  const cursor = useCursor();
  const query = useQuery({
    queryKey: ['executions', status, cursor.token],
    queryFn: ({ signal }) => api.executions(status, cursor.token, signal),
    placeholderData: keepPreviousData,
    staleTime: 2000,
    refetchInterval: ({ state }) => (state.data?.items.some((row) => row.status === 'RUNNING') ? POLL_MS : false),
  });
  if (query.error && query.data === undefined) {
    return <Problem error={query.error} header="The executions cannot be shown" onRetry={() => void query.refetch()} />;
  }
  return (
    <>
      {query.error && (
        <Problem error={query.error} header="The list may be out of date" onRetry={() => void query.refetch()} />
      )}
      <PagedTable
        title="Executions of the workflow"
        rows={query.data?.items}
        next={query.data?.next ?? null}
        cursor={cursor}
        keyOf={(row) => row.name}
        columns={COLUMNS}
        narrowColumns={NARROW}
        filter={filter}
        empty={
          <Empty title="There is no execution">
            {status === null ? 'The first request makes the first one.' : 'None is like this just now.'}
          </Empty>
        }
      />
    </>
  );
}
