import type { Glue, GluePage } from '../aws/glue';
import { type ColumnRow, type DatabaseRow, type TableRow, columnsOf, surveyDatabase, surveyTable } from './survey';

/** The central catalogue in the page's words. Of a list, only what its rows show is kept: tables can have many columns. */
export class Lake {
  constructor(
    private readonly glue: Glue,
    private readonly centralAccount: string,
  ) {}

  async databases(next: string | null, signal?: AbortSignal): Promise<GluePage<DatabaseRow>> {
    const page = await this.glue.databases(next, signal);
    return { ...page, items: page.items.map((entry) => surveyDatabase(entry, this.centralAccount)) };
  }

  async database(name: string, signal?: AbortSignal): Promise<DatabaseRow> {
    return surveyDatabase(await this.glue.database(name, signal), this.centralAccount);
  }

  /** Tables, each with the owner that it names itself. */
  async tables(database: string, next: string | null, signal?: AbortSignal): Promise<GluePage<TableRow>> {
    const page = await this.glue.tables(database, next, signal);
    const where = { name: database, owner: null };
    return { ...page, items: page.items.map((entry) => surveyTable(entry, where, this.centralAccount)) };
  }

  /** One table with its columns; `null`: the catalogue has no list of them that can be read. */
  async table(database: string, name: string, signal?: AbortSignal): Promise<WholeTable> {
    const [entry, owner] = await Promise.all([
      this.glue.table(database, name, signal),
      this.database(database, signal).then(
        (found) => found.owner,
        // The table can be shown without its database; only an owner that it takes from there is missing then.
        () => null,
      ),
    ]);
    return {
      row: surveyTable(entry, { name: database, owner }, this.centralAccount),
      columns: columnsOf(entry),
    };
  }
}

export interface WholeTable {
  row: TableRow;
  columns: ColumnRow[] | null;
}
