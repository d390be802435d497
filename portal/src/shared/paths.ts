/** The addresses of the page. Names of the catalogue may hold any character. */

export const databasePath = (database: string): string => `/databases/${encodeURIComponent(database)}`;

export const tablePath = (database: string, table: string): string =>
  `${databasePath(database)}/tables/${encodeURIComponent(table)}`;

/** `table` of `*`: the whole database. */
export const askPath = (database: string, table: string): string =>
  `${table === '*' ? databasePath(database) : tablePath(database, table)}/request`;

/** Where the columns are asked for that a share, or a request, of this id left out. */
export const restPath = (source: { database: string; table: string }, id: string): string =>
  `${askPath(source.database, source.table)}?rest=${encodeURIComponent(id)}`;

/** Where what a share of this id was is asked for once more, with the form filled in. */
export const againPath = (source: { database: string; table: string }, id: string): string =>
  `${askPath(source.database, source.table)}?again=${encodeURIComponent(id)}`;

export const requestPath = (id: string): string => `/requests/${encodeURIComponent(id)}`;

/** Where what a request was given is asked for longer. */
export const renewPath = (id: string): string => `${requestPath(id)}/renew`;

export const sharePath = (id: string): string => `/shares/${encodeURIComponent(id)}`;

/** Where a share is asked for longer, by whoever may: also who did not ask for it first. */
export const renewSharePath = (id: string): string => `${sharePath(id)}/renew`;
/** What waits for the signed-in person's decision. Mails lead to `decisionPath`: the address stays. */
export const DECISIONS = '/decisions';
export const decisionPath = (id: string): string => `${DECISIONS}/${encodeURIComponent(id)}`;

export const executionPath = (name: string): string => `/executions/${encodeURIComponent(name)}`;

/** Where a source can be looked at. */
export const sourcePath = (source: { database: string; table: string }): string =>
  source.table === '*' ? databasePath(source.database) : tablePath(source.database, source.table);
