import type { ReactNode } from 'react';
import { Icon } from './Icon';
import { Skeleton } from './Skeleton';
import type { Sorting } from './useListing';

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
  /** Beside the title: how many there are. */
  counter?: string;
  description?: string;
  /** `undefined`: they are not here yet; so many places are kept. */
  rows: readonly T[] | undefined;
  places: number;
  keyOf: (row: T) => string;
  columns: readonly ListColumn<T>[];
  filter?: ReactNode;
  pages?: ReactNode;
  empty: ReactNode;
  sorting?: Sorting | null;
  onSort?: (sorting: Sorting) => void;
}

/** A list in a card: title, what narrows it, pages, and the rows with their columns. */
export function DataTable<T>(props: Props<T>): ReactNode {
  const { title, counter = '', description, rows, places, keyOf, columns, filter, pages, empty } = props;
  const loading = rows === undefined;
  return (
    <section className="ls-card ls-listing">
      <div className="ls-listing-head">
        <h2>
          {title} {counter !== '' && <span className="ls-counter">{counter}</span>}
        </h2>
        {description !== undefined && <p className="ls-listing-note">{description}</p>}
        {(filter || pages) && (
          <div className="ls-listing-tools">
            {filter}
            {pages}
          </div>
        )}
      </div>
      <div className="ls-listing-body">
        <table className="ls-table" aria-label={title} aria-busy={loading}>
          <colgroup>
            {columns.map(({ id, share }) => (
              <col key={id} style={{ width: `${share}%` }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {columns.map((column) => (
                <ColumnHeader
                  key={column.id}
                  column={column}
                  sorting={props.sorting ?? null}
                  {...(props.onSort === undefined || loading ? {} : { onSort: props.onSort })}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows?.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map(({ id, cell, isRowHeader }) =>
                  isRowHeader === true ? (
                    <th key={id} scope="row">
                      {cell(row)}
                    </th>
                  ) : (
                    <td key={id}>{cell(row)}</td>
                  ),
                )}
              </tr>
            ))}
            {loading && <Ghosts places={places} columns={columns.length} />}
          </tbody>
        </table>
      </div>
      {rows?.length === 0 && empty}
    </section>
  );
}

interface HeaderProps<T> {
  column: ListColumn<T>;
  sorting: Sorting | null;
  onSort?: (sorting: Sorting) => void;
}

function ColumnHeader<T>({ column, sorting, onSort }: HeaderProps<T>): ReactNode {
  const { id, header, order } = column;
  if (order === undefined) return <th scope="col">{header}</th>;
  const descending = sorting?.column === id ? sorting.descending : null;
  const sorted = descending === null ? 'none' : descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={sorted}>
      <button
        type="button"
        className="ls-sort"
        disabled={onSort === undefined}
        onClick={() => onSort?.({ column: id, descending: descending === false })}
      >
        {header}
        <Icon name={descending === false ? 'up' : 'sort'} filled={descending !== null} />
      </button>
    </th>
  );
}

function Ghosts({ places, columns }: { places: number; columns: number }): ReactNode {
  return Array.from({ length: places }, (_, row) => (
    <tr key={row}>
      {Array.from({ length: columns }, (_, at) => (
        <td key={at}>
          <Skeleton width={`${55 + ((row * 7) % 40)}%`} />
        </td>
      ))}
    </tr>
  ));
}
