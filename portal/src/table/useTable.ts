import type { Column, TableDetail } from '../api/types';
import { useServices } from '../app/services';
import { type Paged, usePaged } from '../shared/usePaged';

type FirstPage = Pick<TableDetail, 'table' | 'parts'> & { items: Column[]; next: string | null };

/** One table with all of its columns, page by page; `null`: none. */
export function useTable(database: string, name: string | null): Paged<Column, FirstPage> {
  const { api } = useServices();
  return usePaged(
    ['table', database, name],
    async (next, signal) => {
      const { columns: items, ...page } = await api.table(database, name ?? '', next, signal);
      return { ...page, items };
    },
    name !== null,
  );
}
