import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Button from '@cloudscape-design/components/button';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { type ReactNode, useCallback, useMemo } from 'react';
import { Empty } from './Empty';
import { counted, number } from './format';
import { useListing } from './useListing';
import { useNarrow } from './useNarrow';
import { Skeleton } from './Skeleton';

export interface ListColumn<T> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Orders rows; without it the column cannot be sorted by. */
  order?: (a: T, b: T) => number;
  /** In per cent of the table's width. */
  share: number;
  isRowHeader?: boolean;
}

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

const GHOSTS = Array.from({ length: 8 }, (_, at) => at);

/** A list that is searched, ordered and paged here in the browser, with room kept while it loads. */
export function ListTable<T extends object>(props: Props<T>): ReactNode {
  const { title, thing, rows, state, keyOf, haystack, placeholder, empty, pageSize = 50 } = props;
  const narrow = useNarrow();
  const columns = narrow ? props.narrowColumns : props.columns;
  const compare = useCallback((id: string) => columns.find((column) => column.id === id)?.order, [columns]);
  const listing = useListing({ rows, haystack, compare, pageSize });
  const { query, found, sorting } = listing;
  const loading = state === 'loading';
  const hasRows = loading || rows.length > 0;

  const header = (
    <Header
      variant="h2"
      counter={loading ? '' : state === 'growing' ? `(${number(rows.length)} so far)` : `(${number(rows.length)})`}
    >
      {title}
    </Header>
  );
  const definitions = useMemo(() => definitionsOf(columns, loading), [columns, loading]);
  return (
    <>
      <p role="status" className="ls-hidden">
        {state === 'done' ? counted(found.length, thing) : `Loading the ${thing}s`}
      </p>
      <Table<T | number>
        variant="container"
        wrapLines
        stickyHeader={!narrow}
        header={header}
        items={loading ? GHOSTS : listing.shown}
        trackBy={(row) => (typeof row === 'number' ? String(row) : keyOf(row))}
        columnDefinitions={definitions}
        sortingDisabled={loading}
        {...(sorting === null
          ? {}
          : { sortingColumn: { sortingField: sorting.column }, sortingDescending: sorting.descending })}
        onSortingChange={({ detail }) => {
          const column = detail.sortingColumn.sortingField;
          if (column !== undefined) listing.sort({ column, descending: detail.isDescending ?? false });
        }}
        ariaLabels={{ tableLabel: title }}
        totalItemsCount={found.length}
        firstIndex={(listing.page - 1) * pageSize + 1}
        filter={
          hasRows && (
            // Nobody interacts with the box itself: it only hears that the focus leaves the field.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
            <div role="search" onBlur={listing.settle}>
              <TextFilter
                filteringText={query}
                filteringPlaceholder={placeholder}
                filteringAriaLabel={placeholder}
                filteringClearAriaLabel="Clear the search"
                disabled={loading}
                countText={`${counted(found.length, thing)} found`}
                onChange={({ detail }) => {
                  listing.search(detail.filteringText);
                }}
              />
            </div>
          )
        }
        pagination={
          rows.length > pageSize && (
            <Pagination
              currentPageIndex={listing.page}
              pagesCount={listing.pages}
              disabled={loading}
              onChange={({ detail }) => {
                listing.turnTo(detail.currentPageIndex);
              }}
            />
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

function definitionsOf<T>(
  columns: readonly ListColumn<T>[],
  loading: boolean,
): TableProps.ColumnDefinition<T | number>[] {
  return columns.map(({ id, header, cell, order, share, isRowHeader }) => ({
    id,
    header,
    width: `${share}%`,
    isRowHeader: isRowHeader === true && !loading,
    ...(order ? { sortingField: id } : {}),
    cell: (row) => (typeof row === 'number' ? <Skeleton width={`${55 + ((row * 7) % 40)}%`} /> : cell(row)),
  }));
}

/** Orders by a text, as people sort names. */
export function byText<T>(text: (row: T) => string): (a: T, b: T) => number {
  return (a, b) => text(a).localeCompare(text(b), 'en');
}
