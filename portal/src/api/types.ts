/** The API's shapes, by short names. Their source is `docs/openapi.yaml`; `build-tools/api-types.mjs` makes types of it. */
import type { components } from './openapi';

type Schemas = components['schemas'];

export type Status = Schemas['Status'];
export type ListedStatus = Schemas['ListedStatus'];
export type Source = Schemas['AskedSource'];
export type Target = Schemas['AskedTarget'];
export type Ground = Schemas['Ground'];
export type Rule = Schemas['Rule'];
export type Scope = Schemas['Scope'];
export type Preview = Schemas['Preview'];
export type Summary = Schemas['Summary'];
export type Detail = Schemas['Detail'];
export type Share = Schemas['Share'];
export type Renewed = Schemas['Renewed'];
export type Me = Schemas['Me'];
export type ListedShare = Schemas['ListedShare'];
export type OneShare = Schemas['OneShare'];
/** What becomes of a share in an account that has a kit. */
export type Delivery = NonNullable<OneShare['delivery']>;
export type Revoke = Schemas['Revoke'];
/** What would end, or what was begun. */
export type Outcome = Schemas['Outcome'];
export type Held = Schemas['Held'];
export type Hold = Schemas['Holds']['holds'][number];
export type Change = Schemas['ChangesPage']['changes'][number];
export type HistoryEntry = Schemas['HistoryEntry'];
export type NewRequest = Schemas['NewRequest'];
export type ToDecide = Schemas['ToDecide'];
export type Question = Schemas['DecisionQuestion'];
export type NewDecision = Schemas['NewDecision'];
export type Decided = Schemas['Decided'];
/** The end that is asked for; empty: the usual one. */
export type Ending = { until: string } | { days: number } | Record<string, never>;
/** What a request says beside its data and account: which part, its end, and the share that it renews. */
export interface Wish {
  scope?: 'safe';
  columns?: string[];
  filter?: string;
  until?: string;
  days?: number;
  renews?: string;
}

export type Personal = Schemas['Personal'];
export type NamedOwner = Schemas['NamedOwner'];
export type Database = Schemas['Database'];
export type Table = Schemas['Table'];
export type TableDetail = Schemas['TableDetail'];
export type Column = Schemas['Column'];
export type OfferedParts = Schemas['OfferedParts'];
export type PartInBrief = Schemas['PartInBrief'];
export type Part = Schemas['Part'];
export type Extent = Schemas['Extent'];
export type Effective = Schemas['Effective'];
export type SafeTables = Schemas['SafeTables'];
export type Finding = Schemas['Finding'];
export type Findings = Schemas['Findings'];

export type ExecutionStatus = Schemas['ExecutionStatus'];
export type ExecutionSummary = Schemas['ExecutionSummary'];
export type Execution = Schemas['Execution'];

export type DriftFinding = Schemas['DriftFinding'];
export type FindingAction = DriftFinding['actions'][number];

// As records, so that the compiler misses none of them.
const OPEN: Record<Status, boolean> = {
  RECEIVED: true,
  WAITING: true,
  SHARING: true,
  SHARED: false,
  DENIED: false,
  EXPIRED: false,
  REFUSED: false,
  FAILED: false,
};

export const STATUSES = Object.keys(OPEN) as Status[];

export function isOpen(status: ListedStatus): boolean {
  return status !== 'UNREADABLE' && OPEN[status];
}

/** Whose requests to list. All but one's own are for auditors; those for an owner's data for its approvers, too. */
export type View =
  | { kind: 'mine' }
  | { kind: 'account'; accountId: string }
  | { kind: 'owner'; owner: string }
  | { kind: 'status'; status: Status };

/** What a list of shares or changes is narrowed to. */
export interface Narrowed {
  database?: string;
  account_id?: string;
  owner?: string;
}

/** Whose shares to list. */
export interface SharesView extends Narrowed {
  view: 'mine' | 'account' | 'owner' | 'all';
  state?: 'live' | 'ended';
}
