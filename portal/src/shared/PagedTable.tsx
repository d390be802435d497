import type { ReactNode } from 'react';
import { DataTable, type ListColumn } from './DataTable';
import { Pager } from './Pager';
import type { Cursor } from './useCursor';
import { useNarrow } from './useNarrow';

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

/** A list that the other side keeps, and gives page by page. */
export function PagedTable<T>(props: Props<T>): ReactNode {
  const { title, rows, next, cursor, keyOf, empty, filter, description } = props;
  const columns = useNarrow() ? props.narrowColumns : props.columns;
  const count = Math.max(cursor.known, cursor.page + (next === null ? 0 : 1));
  return (
    <DataTable
      title={title}
      {...(description === undefined ? {} : { description })}
      rows={rows}
      places={6}
      keyOf={keyOf}
      columns={columns}
      filter={filter}
      pages={
        count > 1 && (
          <Pager
            page={cursor.page}
            pages={count}
            disabled={rows === undefined}
            onTurn={(page) => {
              cursor.turnTo(page, next);
            }}
          />
        )
      }
      empty={empty}
    />
  );
}
