import type { AwsClient, Service } from './client';

export type Parameters = Record<string, unknown>;

/** Glue's shapes, as far as the page reads them. The catalogue may hold anything: nothing here is taken for granted. */
export interface GlueDatabase {
  Name: string;
  Description?: string | null;
  LocationUri?: string | null;
  Parameters?: Parameters | null;
  CatalogId?: string | null;
  TargetDatabase?: unknown;
}

export interface GlueColumn {
  Name?: string;
  Type?: string | null;
  Comment?: string | null;
  Parameters?: Parameters | null;
}

export interface GlueTable {
  Name: string;
  DatabaseName?: string | null;
  Description?: string | null;
  TableType?: string | null;
  Parameters?: Parameters | null;
  StorageDescriptor?: { Columns?: unknown; Location?: string | null } | null;
  PartitionKeys?: unknown;
  CatalogId?: string | null;
  TargetTable?: unknown;
  IsRegisteredWithLakeFormation?: boolean | null;
  UpdateTime?: number | null;
}

export interface GluePage<T> {
  items: T[];
  next: string | null;
}

/** The central catalogue, as Lake Formation shows it to the identity pool's role. */
export class Glue {
  readonly #service: Service;

  constructor(
    private readonly aws: AwsClient,
    endpoint: string,
  ) {
    this.#service = { name: 'glue', endpoint, target: 'AWSGlue', version: '1.1' };
  }

  async databases(next: string | null, signal?: AbortSignal): Promise<GluePage<GlueDatabase>> {
    const page = await this.#call<{ DatabaseList?: GlueDatabase[]; NextToken?: string }>(
      'GetDatabases',
      { MaxResults: 100, ...token(next) },
      signal,
    );
    return { items: page.DatabaseList ?? [], next: page.NextToken ?? null };
  }

  async database(name: string, signal?: AbortSignal): Promise<GlueDatabase> {
    return (await this.#call<{ Database: GlueDatabase }>('GetDatabase', { Name: name }, signal)).Database;
  }

  async tables(database: string, next: string | null, signal?: AbortSignal): Promise<GluePage<GlueTable>> {
    const page = await this.#call<{ TableList?: GlueTable[]; NextToken?: string }>(
      'GetTables',
      { DatabaseName: database, MaxResults: 100, ...token(next) },
      signal,
    );
    return { items: page.TableList ?? [], next: page.NextToken ?? null };
  }

  async table(database: string, name: string, signal?: AbortSignal): Promise<GlueTable> {
    const answer = await this.#call<{ Table: GlueTable }>('GetTable', { DatabaseName: database, Name: name }, signal);
    return answer.Table;
  }

  #call<T>(operation: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.aws.call(this.#service, operation, body, signal);
  }
}

function token(next: string | null): { NextToken?: string } {
  return next === null ? {} : { NextToken: next };
}
