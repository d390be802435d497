import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Detail, OneShare, Source } from '../api/types';
import { usePerson, useServices } from '../app/services';
import { Notice } from '../shared/Notice';
import { Problem } from '../shared/Problem';
import { Skeleton } from '../shared/Skeleton';
import { counted } from '../shared/format';
import { useTable } from '../table/useTable';
import { AskForm } from './AskForm';
import { choicesOf } from './part';

interface Had {
  source: Source | null;
  account: string;
  columns: readonly string[];
  rows: string;
}

/** The form with the columns chosen that a share, or a request, left out. */
export function RestOf({ source, id }: { source: Source; id: string }): ReactNode {
  const { api } = useServices();
  const { sub } = usePerson();
  const had = useQuery({
    queryKey: ['part-of', id],
    // A share's id has a colon, and a request's has none.
    queryFn: async ({ signal }) =>
      id.includes(':') ? ofShare(await api.share(id, signal)) : ofRequest(await api.get(id, signal)),
  });
  const table = useTable(source.database, source.table);
  const error = had.error ?? table.error;
  if (error !== null) {
    return (
      <Problem
        error={error}
        header="What is left cannot be told just now"
        onRetry={() => {
          void had.refetch();
          table.retry();
        }}
      />
    );
  }
  if (had.data === undefined || table.state !== 'done') return <Skeleton height="20rem" />;
  const { account, columns, rows } = had.data;
  const isIn = new Set(columns);
  const rest = choicesOf(table.rows)
    .filter(({ name, fixed }) => !fixed && !isIn.has(name))
    .map(({ name }) => name);
  const ofOther = had.data.source?.database !== source.database || had.data.source.table !== source.table;
  return (
    <>
      <Notice type="info">
        {ofOther || rest.length === 0
          ? 'The table has no other columns to ask for.'
          : `Chosen here: ${counted(rest.length, 'column')} that account ${account} has not got by the part that you come from. You can change that.`}
      </Notice>
      <AskForm
        key={JSON.stringify([sub, id])}
        source={source}
        renewal={null}
        rest={{ id, start: { account, partKind: 'columns', columns: ofOther ? [] : rest, rows } }}
      />
    </>
  );
}

function ofShare({ source, account_id: account, extent, part }: OneShare): Had {
  return { source, account, columns: extent?.columns ?? [], rows: part?.filter ?? '' };
}

function ofRequest({ source, target, classification, decision, part }: Detail): Had {
  const columns = decision?.columns ?? classification?.extent?.columns ?? part?.columns ?? [];
  return { source, account: target?.account_id ?? '', columns, rows: part?.filter ?? '' };
}
