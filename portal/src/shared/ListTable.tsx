import { type ReactNode, useCallback } from 'react';
import { Button } from './Button';
import { DataTable, type ListColumn } from './DataTable';
import { Empty } from './Empty';
import { Pager } from './Pager';
import { SearchField } from './SearchField';
import { counted, number } from './format';
import { useListing } from './useListing';
import { useNarrow } from './useNarrow';

export type { ListColumn };

interface Props<T> {
  title: string;
  /** One of the rows, in a word: "database". */
  thing: string;
  rows: readonly T[];
  /** `loading`: nothing is here yet; `growing`: some rows are. */
  state: 'loading' | 'growing' | 'done';
  keyOf: (row: T) => string;
  haystack: (row: T) => string;
  columns: readonly ListColumn<T>[];
  /** On a phone. */
  narrowColumns: readonly ListColumn<T>[];
  placeholder: string;
  empty: ReactNode;
  pageSize?: number;
}

/** A list that is searched, ordered and paged here in the browser, with room kept while it loads. */
export function ListTable<T>(props: Props<T>): ReactNode {
  const { title, thing, rows, state, keyOf, haystack, placeholder, empty, pageSize = 50 } = props;
  const columns = useNarrow() ? props.narrowColumns : props.columns;
  const compare = useCallback((id: string) => columns.find((column) => column.id === id)?.order, [columns]);
  const listing = useListing({ rows, haystack, compare, pageSize });
  const { query, found } = listing;
  const loading = state === 'loading';
  return (
    <>
      <p role="status" className="ls-hidden">
        {state === 'done' ? counted(found.length, thing) : `Loading the ${thing}s`}
      </p>
      <DataTable
        title={title}
        counter={loading ? '' : `(${number(rows.length)}${state === 'growing' ? ' so far' : ''})`}
        rows={loading ? undefined : listing.shown}
        places={8}
        keyOf={keyOf}
        columns={columns}
        sorting={listing.sorting}
        onSort={listing.sort}
        filter={
          (loading || rows.length > 0) && (
            // Nobody interacts with the box itself: it only hears that the focus leaves the field.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
            <div role="search" onBlur={listing.settle}>
              <SearchField
                value={query}
                label={placeholder}
                disabled={loading}
                found={`${counted(found.length, thing)} found`}
                onChange={listing.search}
              />
            </div>
          )
        }
        pages={
          rows.length > pageSize && (
            <Pager page={listing.page} pages={listing.pages} disabled={loading} onTurn={listing.turnTo} />
          )
        }
        empty={
          query === '' || rows.length === 0 ? (
            empty
          ) : (
            <Empty
              title={`No ${thing} matches “${query}”`}
              action={
                <Button
                  onClick={() => {
                    listing.search('');
                  }}
                >
                  Clear the search
                </Button>
              }
            >
              {state === 'growing' ? 'There may be one among those that still load.' : 'Try fewer or other words.'}
            </Empty>
          )
        }
      />
    </>
  );
}

/** Orders by a text, as people sort names. */
export function byText<T>(text: (row: T) => string): (a: T, b: T) => number {
  return (a, b) => text(a).localeCompare(text(b), 'en');
}
