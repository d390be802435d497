import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PAGE_SIZE } from '../api/client';
import type { Change, Narrowed } from '../api/types';
import { useServices } from '../app/services';
import { type Step, stepOfShare } from '../request/timeline';
import { Empty } from '../shared/Empty';
import type { ListColumn } from '../shared/ListTable';
import { PagedTable } from '../shared/PagedTable';
import { Problem } from '../shared/Problem';
import { TextLink } from '../shared/TextLink';
import { counted, moment, nameOf } from '../shared/format';
import { sharePath } from '../shared/paths';
import { useCursor } from '../shared/useCursor';

const OF_HOLD: Readonly<Record<string, string>> = { HoldPut: 'Hold put', HoldLifted: 'Hold lifted' };

/** What happened, in the words of the page. */
export function eventText(change: Change): string {
  return change.share === null ? (OF_HOLD[change.event] ?? change.event) : stepOf(change).title;
}

/** What is said of it, in the words of the page; what a person wrote as they wrote it. */
function detailText(change: Change): string {
  if (change.share === null) return change.detail ?? '';
  const { text, quote } = stepOf(change);
  return quote === '' ? text : quote;
}

function stepOf({ event, at, by, detail }: Change): Step {
  return stepOfShare({ event, at, ...(by === null ? {} : { by }), ...(detail === null ? {} : { detail }) });
}

/** What it happened to. */
export function subjectText({ share, hold }: Change): string {
  if (share !== null) return `${nameOf(share.source)} for account ${share.account_id}`;
  return hold?.text ?? '';
}

function subject(row: Change): ReactNode {
  if (row.share === null) return <span className="ls-break">{subjectText(row)}</span>;
  return <TextLink href={sharePath(row.share.id)}>{subjectText(row)}</TextLink>;
}

const COLUMNS: readonly ListColumn<Change>[] = [
  { id: 'at', header: 'When', cell: (row) => moment(row.at), share: 15 },
  { id: 'event', header: 'What', cell: eventText, share: 17, isRowHeader: true },
  { id: 'of', header: 'Of', cell: subject, share: 26 },
  { id: 'by', header: 'By', cell: (row) => <span className="ls-break">{row.by ?? ''}</span>, share: 18 },
  {
    id: 'detail',
    header: 'What is said of it',
    cell: (row) => <span className="ls-break">{detailText(row)}</span>,
    share: 24,
  },
];

const NARROW: readonly ListColumn<Change>[] = [
  {
    id: 'event',
    header: 'Change',
    share: 100,
    isRowHeader: true,
    cell: (row) => (
      <span className="ls-stack">
        <span className="ls-strong">{eventText(row)}</span>
        {subject(row)}
        <span className="ls-quiet ls-small ls-break">{[moment(row.at), row.by].filter(Boolean).join(', by ')}</span>
        {detailText(row) !== '' && <span className="ls-quiet ls-small ls-break">{detailText(row)}</span>}
      </span>
    ),
  },
];

/** What has happened to shares and holds, newest first. */
export function Changes({ days, only }: { days: number; only: Narrowed }): ReactNode {
  const { api } = useServices();
  const cursor = useCursor();
  const query = useQuery({
    queryKey: ['changes', days, only, cursor.token],
    queryFn: ({ signal }) => api.changes(days, only, cursor.token, PAGE_SIZE, signal),
    placeholderData: keepPreviousData,
    staleTime: 2000,
  });
  if (query.error && query.data === undefined) {
    return <Problem error={query.error} header="The changes cannot be shown" onRetry={() => void query.refetch()} />;
  }
  const unreadable = query.data?.unreadable ?? 0;
  return (
    <>
      {query.error && (
        <Problem error={query.error} header="The list may be out of date" onRetry={() => void query.refetch()} />
      )}
      <PagedTable
        title="Changes"
        description={[
          `Of the last ${counted(days, 'day')}, newest first.`,
          unreadable > 0 ? `${counted(unreadable, 'share')} with changes cannot be read.` : '',
        ].join(' ')}
        rows={query.data?.items}
        next={query.data?.next ?? null}
        cursor={cursor}
        keyOf={(row) => [row.at, row.event, row.share?.id, row.hold?.text].join(' ')}
        columns={COLUMNS}
        narrowColumns={NARROW}
        empty={<Empty title="Nothing has changed">No share was given, renewed or ended, and nothing was held.</Empty>}
      />
    </>
  );
}
