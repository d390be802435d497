import type { ReactNode } from 'react';
import type { Summary, View } from '../api/types';
import type { ListColumn } from '../shared/ListTable';
import { PartNote } from '../shared/PartNote';
import { RequestStatus } from '../shared/RequestStatus';
import { TextLink } from '../shared/TextLink';
import { moment, nameOf } from '../shared/format';
import { requestPath } from '../shared/paths';

function link(row: Summary): ReactNode {
  // There is no page of it, and people need something to name it by.
  if (row.status === 'UNREADABLE') return <span className="ls-break">{row.id}</span>;
  return (
    <TextLink href={requestPath(row.id)} ariaLabel={`${nameOf(row.source)}, asked ${moment(row.received_at)}`}>
      {nameOf(row.source)}
    </TextLink>
  );
}

function what(row: Summary, mine: boolean): ReactNode {
  return (
    <span className="ls-stack">
      {link(row)}
      {row.status === 'UNREADABLE' && <span className="ls-quiet ls-small">{row.message}</span>}
      {row.source?.table === '*' && row.in_brief === undefined && (
        <span className="ls-quiet ls-small">Whole database</span>
      )}
      {partOf(row, mine)}
    </span>
  );
}

function partOf(row: Summary, mine: boolean): ReactNode {
  if (row.in_brief === undefined) return null;
  return (
    <PartNote part={row.in_brief} rest={mine && row.source !== null ? { source: row.source, id: row.id } : null} />
  );
}

const requesterOf = (row: Summary) => (row.status === 'UNREADABLE' ? '' : (row.requester?.email ?? 'Started directly'));

export function columnsFor(view: View): ListColumn<Summary>[] {
  const all: ListColumn<Summary>[] = [
    { id: 'what', header: 'Data', cell: (row) => what(row, view.kind === 'mine'), share: 26, isRowHeader: true },
    { id: 'status', header: 'Status', cell: (row) => <RequestStatus status={row.status} />, share: 20 },
    { id: 'account', header: 'For account', cell: (row) => row.target?.account_id ?? '', share: 16 },
    { id: 'received', header: 'Asked', cell: (row) => moment(row.received_at), share: 18 },
    { id: 'closed', header: 'Closed', cell: (row) => moment(row.closed_at), share: 20 },
  ];
  if (view.kind === 'mine') return all;
  const requester: ListColumn<Summary> = {
    id: 'requester',
    header: 'Requester',
    cell: (row) => <span className="ls-break">{requesterOf(row)}</span>,
    share: 22,
  };
  return [...all.slice(0, 3), requester, ...all.slice(3, 4)];
}

export function narrowColumnsFor(view: View): ListColumn<Summary>[] {
  return [
    {
      id: 'what',
      header: 'Request',
      share: 100,
      isRowHeader: true,
      cell: (row) => (
        <span className="ls-stack">
          {link(row)}
          {partOf(row, view.kind === 'mine')}
          <RequestStatus status={row.status} />
          {row.status === 'UNREADABLE' && <span className="ls-quiet ls-small">{row.message}</span>}
          <span className="ls-quiet ls-small">
            For {row.target?.account_id ?? 'no account'} · {moment(row.received_at)}
          </span>
          {view.kind !== 'mine' && <span className="ls-quiet ls-small ls-break">{requesterOf(row)}</span>}
        </span>
      ),
    },
  ];
}
