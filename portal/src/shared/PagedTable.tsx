import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { ListColumn } from './ListTable';
import type { Cursor } from './useCursor';
import { useNarrow } from './useNarrow';
import { Skeleton } from './Skeleton';

interface Props<T> {
  title: string;
  rows: readonly T[] | undefined;
  /** Where the next page begins; `null`: there is none. */
  next: string | null;
  cursor: Cursor;
  keyOf: (row: T) => string;
  columns: readonly ListColumn<T>[];
  narrowColumns: readonly ListColumn<T>[];
  empty: ReactNode;
  filter?: ReactNode;
  description?: string;
}

const GHOSTS = Array.from({ length: 6 }, (_, at) => at);

/** A list that the other side keeps, and gives page by page. */
export function PagedTable<T extends object>(props: Props<T>): ReactNode {
  const { title, rows, next, cursor, keyOf, empty, filter, description = '' } = props;
  const columns = useNarrow() ? props.narrowColumns : props.columns;
  const loading = rows === undefined;
  const count = Math.max(cursor.known, cursor.page + (next === null ? 0 : 1));
  return (
    <Table<T | number>
      variant="container"
      wrapLines
      header={
        <Header variant="h2" description={description}>
          {title}
        </Header>
      }
      items={rows ?? GHOSTS}
      trackBy={(row) => (typeof row === 'number' ? String(row) : keyOf(row))}
      ariaLabels={{ tableLabel: title }}
      columnDefinitions={columns.map(({ id, header, cell, share, isRowHeader }) => ({
        id,
        header,
        width: `${share}%`,
        isRowHeader: isRowHeader === true && !loading,
        cell: (row) => (typeof row === 'number' ? <Skeleton width={`${55 + ((row * 7) % 40)}%`} /> : cell(row)),
      }))}
      filter={filter}
      pagination={
        count > 1 && (
          <Pagination
            currentPageIndex={cursor.page}
            pagesCount={count}
            disabled={loading}
            onChange={({ detail }) => {
              cursor.turnTo(detail.currentPageIndex, next);
            }}
          />
        )
      }
      empty={empty}
    />
  );
}
