/** The requests API's shapes. Source: the OpenAPI document in `docs/`. Times are ISO 8601 in UTC. */

export const STATUSES = ['RECEIVED', 'WAITING', 'SHARING', 'SHARED', 'DENIED', 'EXPIRED', 'REFUSED', 'FAILED'] as const;
export type Status = (typeof STATUSES)[number];

/** `table` is a name, or `*` for the whole database. */
export interface Source {
  database: string;
  table: string;
}

export interface Target {
  account_id: string;
}

export interface Owner {
  account_id: string;
  name: string | null;
}

export interface Ground {
  rule: string;
  table?: string | null;
  column?: string | null;
  text: string;
}

export type Scope = 'table' | 'tables' | 'wildcard';

export interface Preview {
  outcome: 'share' | 'ask' | 'refused';
  reason: string | null;
  message: string;
  owner: Owner | null;
  grounds: Ground[];
  grounds_total: number;
  tables_total: number;
  columns_total: number;
  scope: Scope | null;
  warnings: string[];
}

export interface Summary {
  id: string;
  status: Status;
  reason: string | null;
  message: string | null;
  source: Source | null;
  target: Target | null;
  requester: { email: string | null } | null;
  owner: Owner | null;
  received_at: string;
  closed_at: string | null;
}

export interface Classification {
  needs_approval: boolean;
  summary: string;
  scope: Scope;
  grounds: Ground[];
  grounds_total: number;
  tables_total: number;
  columns_total: number;
  unregistered: string[];
  unregistered_total: number;
}

export interface Decision {
  action: 'approve' | 'deny';
  at: string;
  comment: string | null;
  approver: string | null;
  approver_verified: boolean;
}

/** `names` may be cut; `tables` counts all. `wildcard`: tables that are added later too. */
export interface Granted {
  tables: number;
  names: string[];
  database: boolean;
  wildcard: boolean;
}

export interface HistoryEntry {
  at: string;
  event: string;
  by?: string | null;
  detail?: string | null;
}

export interface Detail extends Summary {
  purpose: string | null;
  expires_at: string | null;
  classification: Classification | null;
  decision: Decision | null;
  granted: Granted | null;
  history: HistoryEntry[];
  execution_arn: string | null;
}

export interface Page {
  requests: Summary[];
  next: string | null;
}

export interface NewRequest {
  client_token: string;
  source: Source;
  target: Target;
  purpose: string;
}

/** Whose requests to list. All but one's own are for auditors. */
export type View = { kind: 'mine' } | { kind: 'account'; accountId: string } | { kind: 'status'; status: Status };

const OPEN: readonly Status[] = ['RECEIVED', 'WAITING', 'SHARING'];

export function isOpen(status: Status): boolean {
  return OPEN.includes(status);
}
