import Button from '@cloudscape-design/components/button';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { PageOf } from '../api/client';
import type { Change, DriftFinding, ListedShare, Narrowed } from '../api/types';
import { useServices } from '../app/services';
import { Problem } from '../shared/Problem';
import { csvOf, save } from '../shared/csv';
import { eventText } from './Changes';

const PAGE = 100;
const MOST = 20_000;

/** All live shares of this list as CSV. */
export function SaveShares({ only }: { only: Narrowed }): ReactNode {
  const { api } = useServices();
  return (
    <Save
      name="shares"
      text={async () => {
        const rows = await allOf((next) => api.shares({ view: 'all', ...only }, next, PAGE));
        return csvOf(SHARE_HEADERS, rows.map(shareCells));
      }}
    />
  );
}

/** All changes of this list as CSV. */
export function SaveChanges({ days, only }: { days: number; only: Narrowed }): ReactNode {
  const { api } = useServices();
  return (
    <Save
      name="changes"
      text={async () => {
        const rows = await allOf((next) => api.changes(days, only, next, PAGE));
        return csvOf(CHANGE_HEADERS, rows.map(changeCells));
      }}
    />
  );
}

/** All findings as CSV. */
export function SaveFindings(): ReactNode {
  const { api } = useServices();
  return (
    <Save
      name="drift"
      text={async () => {
        const { findings, total } = await api.findings();
        if (total > findings.length) throw new Error('There are more findings than are listed. Settle some first.');
        return csvOf(FINDING_HEADERS, findings.map(findingCells));
      }}
    />
  );
}

function Save({ name, text }: { name: string; text: () => Promise<string> }): ReactNode {
  const saving = useMutation({
    mutationFn: text,
    onSuccess: (csv) => {
      save(`lakeshare-${name}-${new Date().toISOString().slice(0, 10)}.csv`, csv);
    },
  });
  return (
    <>
      <div className="ls-buttons ls-end">
        <Button
          iconName="download"
          loading={saving.isPending}
          loadingText="Reading all of it"
          onClick={() => {
            saving.mutate();
          }}
        >
          Save all of this as CSV
        </Button>
      </div>
      {saving.error && (
        <Problem
          error={saving.error}
          header="It could not be saved"
          onRetry={() => {
            saving.mutate();
          }}
        />
      )}
    </>
  );
}

/** A list to its end. A file that lacks the rest would say that there is none: there is no file then. */
export async function allOf<T>(read: (next: string | null) => Promise<PageOf<T>>, most = MOST): Promise<T[]> {
  const rows: T[] = [];
  let next: string | null = null;
  do {
    const page: PageOf<T> = await read(next);
    rows.push(...page.items);
    next = page.next;
    if (rows.length > most) throw new Error(`There are more than ${most} rows. Narrow the list first.`);
  } while (next !== null);
  return rows;
}

const SHARE_HEADERS = [
  ...['database', 'table', 'scope', 'tables', 'account', 'owner', 'owner_name', 'status', 'since', 'until'],
  ...['requester', 'approver', 'purpose', 'share'],
];

export function shareCells(row: ListedShare): string[] {
  return [
    ...[row.source?.database, row.source?.table, row.scope, row.tables, row.account_id],
    ...[row.owner?.account_id, row.owner?.name, row.status, row.active_at ?? row.since, row.until],
    ...[row.requester?.email, row.approver, row.purpose, row.id],
  ].map(text);
}

const CHANGE_HEADERS = [
  ...['at', 'event', 'what', 'by', 'detail', 'database', 'table', 'account', 'owner', 'hold', 'share'],
];

export function changeCells(row: Change): string[] {
  const { share } = row;
  return [
    ...[row.at, row.event, eventText(row), row.by, row.detail, share?.source.database, share?.source.table],
    ...[share?.account_id, share?.owner.account_id, row.hold?.text, share?.id],
  ].map(text);
}

const FINDING_HEADERS = [
  ...['kind', 'status', 'since', 'account', 'database', 'owner', 'what', 'things', 'share'],
  ...['settled_at', 'settled_by', 'action', 'why', 'finding'],
];

export function findingCells(row: DriftFinding): string[] {
  return [
    ...[row.kind, row.status, row.since, row.principal, row.database, row.owner_account, row.message],
    ...[row.things_total, row.share_id, row.settled_at, row.settled_by, row.action, row.note, row.id],
  ].map(text);
}

function text(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
