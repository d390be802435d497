import type { ReactNode } from 'react';
import type { ListedShare } from '../api/types';
import type { ListColumn } from '../shared/ListTable';
import { PartNote } from '../shared/PartNote';
import { TextLink } from '../shared/TextLink';
import { counted, moment, nameOf, ownerText } from '../shared/format';
import { sharePath } from '../shared/paths';
import { ShareStatus, untilText } from './ShareStatus';
import { endingText } from './life';

/** What a list of shares can show of each. */
export type Shown = 'account' | 'owner' | 'requester' | 'approver';

export function whatText(row: ListedShare): string {
  return row.source === null ? row.id : nameOf(row.source);
}

export function requesterText(row: ListedShare): string {
  return row.status === 'UNREADABLE' ? '' : (row.requester?.email ?? 'Started directly');
}

export function approverText(row: ListedShare): string {
  return row.status === 'UNREADABLE' ? '' : (row.approver ?? 'Nobody had to');
}

function link(row: ListedShare): ReactNode {
  if (row.status === 'UNREADABLE') return <span className="ls-break">{row.id}</span>;
  return (
    <TextLink
      href={sharePath(row.id)}
      ariaLabel={`${whatText(row)}, for account ${row.account_id}, since ${moment(row.since)}`}
    >
      {whatText(row)}
    </TextLink>
  );
}

function what(row: ListedShare, has: boolean): ReactNode {
  return (
    <span className="ls-stack">
      {link(row)}
      {row.message !== null && <span className="ls-quiet ls-small">{row.message}</span>}
      {has && row.link != null && <span className="ls-quiet ls-small ls-break">In the account: {row.link}</span>}
      {row.in_brief !== undefined && (
        <PartNote part={row.in_brief} rest={has && row.source !== null ? { source: row.source, id: row.id } : null} />
      )}
      {row.source?.table === '*' && (
        <span className="ls-quiet ls-small">
          {row.scope === 'wildcard' ? 'All tables, later ones too' : counted(row.tables ?? 0, 'table')}
        </span>
      )}
    </span>
  );
}

const MORE: Record<Shown, Omit<ListColumn<ListedShare>, 'share'>> = {
  account: { id: 'account', header: 'For account', cell: (row) => row.account_id },
  owner: { id: 'owner', header: 'Owner', cell: (row) => (row.owner === null ? '' : ownerText(row.owner)) },
  requester: {
    id: 'requester',
    header: 'Asked by',
    cell: (row) => <span className="ls-break">{requesterText(row)}</span>,
  },
  approver: {
    id: 'approver',
    header: 'Approved by',
    cell: (row) => <span className="ls-break">{approverText(row)}</span>,
  },
};

function how(row: ListedShare): ReactNode {
  return (
    <span className="ls-stack">
      <span className="ls-break">{row.status === 'UNREADABLE' ? '' : endingText(row)}</span>
      {row.note !== null && <span className="ls-quiet ls-small ls-break">{row.note}</span>}
    </span>
  );
}

/**
 * What a list shows of a share; of shares that have `ended`, how and when instead of where they stand. `has`: to whoever
 * has them, and can ask for the rest.
 */
export function columnsOf(shown: readonly Shown[], ended: boolean, has: boolean): ListColumn<ListedShare>[] {
  // An account's twelve digits stay on one line, also with four columns behind these.
  const share = Math.floor((ended ? 45 : 53) / shown.length);
  return [
    { id: 'what', header: 'Data', cell: (row) => what(row, has), share: 20, isRowHeader: true },
    ended
      ? { id: 'how', header: 'How it ended', cell: how, share: 22 }
      : { id: 'status', header: 'Status', cell: (row) => <ShareStatus status={row.status} />, share: 12 },
    { id: 'until', header: ended ? 'Ended' : 'Until', cell: untilText, share: ended ? 13 : 15 },
    ...shown.map((each) => ({ ...MORE[each], share })),
  ];
}

export function narrowColumnsOf(shown: readonly Shown[], ended: boolean, has: boolean): ListColumn<ListedShare>[] {
  return [
    {
      id: 'what',
      header: 'Share',
      share: 100,
      isRowHeader: true,
      cell: (row) => (
        <span className="ls-stack">
          {what(row, has)}
          {ended ? how(row) : <ShareStatus status={row.status} />}
          <span className="ls-quiet ls-small">
            {ended ? 'Ended' : 'Until'}: {untilText(row)}
          </span>
          {shown.map((each) => (
            <span key={each} className="ls-quiet ls-small ls-break">
              {MORE[each].header}: {MORE[each].cell(row)}
            </span>
          ))}
        </span>
      ),
    },
  ];
}
