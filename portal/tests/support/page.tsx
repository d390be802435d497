import { QueryClientProvider } from '@tanstack/react-query';
import { type RenderResult, render } from '@testing-library/react';
import type { UserManager } from 'oidc-client-ts';
import { MemoryRouter, useLocation } from 'react-router';
import { vi } from 'vitest';
import type { PageOf } from '../../src/api/client';
import type {
  Change,
  Column,
  Database,
  DriftFinding,
  Execution,
  Findings,
  Held,
  Hold,
  ListedShare,
  OfferedParts,
  OneShare,
  Outcome,
  Revoke,
  Summary,
  Table,
  TableDetail,
} from '../../src/api/types';
import { Pages } from '../../src/app/Pages';
import { createQueryClient } from '../../src/app/queries';
import { type Person, PersonContext, type Services, ServicesContext } from '../../src/app/services';
import { SessionEnded } from '../../src/auth/SessionEnded';
import { Session } from '../../src/auth/session';
import { CONFIG } from './config';
import { decidedNow, question, toDecide } from './decisions';
import { detail, preview, share } from './requests';
import { ME, change, listed, oneShare, outcome } from './shares';

export const DATABASE: Database = {
  name: 'retail',
  description: 'A retailer',
  location: 's3://retail-lake/',
  owner: {
    account_id: '111111111111',
    name: 'Retail - Store Operations',
    fault: null,
    contact: 'stores@example.org',
    contact_fault: null,
  },
  personal: 'no',
  access: 'mixed',
  refusal: null,
};

export const TABLE: Table = {
  name: 'customer',
  description: 'People who bought',
  owner: DATABASE.owner,
  kind: 'EXTERNAL_TABLE',
  location: 's3://retail-lake/customer/',
  personal: 'yes',
  rules: [],
  flagged_columns: 1,
  columns_total: 3,
  registered: true,
  refusal: null,
};

export const COLUMNS: Column[] = [
  {
    name: 'c_email_address',
    type: 'string',
    comment: 'As typed',
    partition_key: false,
    personal: 'yes',
    rules: ['ColumnFlagged'],
  },
  { name: 'c_city', type: 'string', comment: '', partition_key: false, personal: 'no', rules: [] },
  { name: 'day', type: 'date', comment: '', partition_key: true, personal: 'no', rules: [] },
];

export const PARTS: OfferedParts = {
  refusal: null,
  safe: { columns: 2, refusal: null },
  filters: [],
  filters_total: 0,
};

export const FINDINGS: Findings = {
  results: [
    {
      database: 'retail',
      table: 'customer',
      description: 'People who bought',
      owner: { account_id: '111111111111', name: 'Retail - Store Operations' },
      columns: ['c_email_address'],
    },
    { database: 'crm', table: null, description: '', owner: null, columns: [] },
  ],
  more: false,
  indexed_at: new Date().toISOString(),
  unread_databases: 0,
};

export const FINDING: DriftFinding = {
  id: 'f1',
  kind: 'UNEXPLAINED',
  status: 'OPEN',
  principal: '999999999999',
  database: 'retail',
  share_id: null,
  owner_account: '111111111111',
  message: "Account 999999999999 was granted SELECT on retail.customer. No share of Lakeshare's explains that.",
  things: ['SELECT on retail.customer'],
  things_total: 1,
  since: '2026-12-11T02:00:03.120Z',
  digest: 'd1',
  actions: ['revoke', 'adopt', 'accept'],
  settled_at: null,
  settled_by: null,
  action: null,
  note: null,
  history: [],
};

/**
 * Load the code of all pages. They are split off, and compiling one takes seconds on a busy machine: no test should
 * wait for that. To be called before all tests of a file.
 */
export async function loadPages(): Promise<void> {
  await Promise.all(
    Object.values(import.meta.glob(['../../src/*/*Page.tsx', '../../src/app/Library.tsx'])).map((load) => load()),
  );
}

/** Stand-ins for everything outside; each answer can be replaced. */
export function fakes() {
  const manager = { signinRedirect: vi.fn(() => Promise.resolve()) };
  const execution: Execution = {
    name: 'r1',
    arn: 'arn:x:r1',
    status: 'SUCCEEDED',
    started_at: '2026-11-24T11:52:09.120Z',
    stopped_at: null,
    request: {
      status: 'DENIED',
      source: { database: 'retail', table: 'customer' },
      target: { account_id: '999999999999' },
    },
    input: '{"source":{}}',
    input_cut: false,
    output: null,
    output_cut: false,
    error: null,
    cause: null,
  };
  return {
    manager,
    session: new Session('nobody', () => Promise.resolve(manager as unknown as UserManager)),
    api: {
      me: vi.fn(() => Promise.resolve(ME)),
      shares: vi.fn<() => Promise<PageOf<ListedShare>>>(() => Promise.resolve({ items: [listed()], next: null })),
      share: vi.fn<() => Promise<OneShare>>(() => Promise.resolve(oneShare())),
      deliver: vi.fn<(id: string) => Promise<OneShare>>(() => Promise.resolve(oneShare())),
      revoke: vi.fn<(id: string, body: Revoke) => Promise<Outcome>>((_, { dry_run: dry }) =>
        Promise.resolve(outcome({ dry_run: dry === true })),
      ),
      holds: vi.fn<() => Promise<Hold[]>>(() => Promise.resolve([])),
      hold: vi.fn<(on: Held, reason: string, dryRun: boolean) => Promise<Outcome>>((_on, _reason, dry) =>
        Promise.resolve(outcome({ dry_run: dry })),
      ),
      lift: vi.fn(() => Promise.resolve(outcome({ shares: [], shares_total: 0, run: 'lifted-1' }))),
      changes: vi.fn<() => Promise<PageOf<Change> & { unreadable: number }>>(() =>
        Promise.resolve({ items: [change()], next: null, unreadable: 0 }),
      ),
      create: vi.fn(() => Promise.resolve({ request: detail(), made: true })),
      preview: vi.fn(() => Promise.resolve(preview())),
      list: vi.fn<() => Promise<PageOf<Summary>>>(() => Promise.resolve({ items: [detail()], next: null })),
      get: vi.fn(() => Promise.resolve(detail())),
      giveBack: vi.fn(() => Promise.resolve(share({ status: 'REVOKING', reason: 'GivenBack' }))),
      decisions: vi.fn(() => Promise.resolve(toDecide())),
      question: vi.fn(() => Promise.resolve(question())),
      decide: vi.fn(() => Promise.resolve(decidedNow())),
      databases: vi.fn<(next: string | null) => Promise<PageOf<Database>>>(() =>
        Promise.resolve({ items: [DATABASE], next: null }),
      ),
      database: vi.fn(() => Promise.resolve(DATABASE)),
      tables: vi.fn(() => Promise.resolve({ items: [TABLE], next: null })),
      table: vi.fn<() => Promise<TableDetail>>(() =>
        Promise.resolve({ table: TABLE, parts: PARTS, columns: COLUMNS, next: null }),
      ),
      findings: vi.fn<() => Promise<{ findings: DriftFinding[]; total: number }>>(() =>
        Promise.resolve({ findings: [FINDING], total: 1 }),
      ),
      settle: vi.fn(() => Promise.resolve(FINDING)),
      executions: vi.fn(() => Promise.resolve({ items: [execution], next: null })),
      execution: vi.fn(() => Promise.resolve(execution)),
      search: vi.fn<(text: string) => Promise<Findings>>(() => Promise.resolve(FINDINGS)),
    },
  };
}

export type Fakes = ReturnType<typeof fakes>;

/** Render the page at an address, with somebody signed in. */
export function renderAt(
  address: string | { pathname: string; state: unknown },
  given: Fakes = fakes(),
  person: Partial<Person> = {},
): RenderResult {
  const services = { config: CONFIG, ...given } as unknown as Services;
  const queries = createQueryClient();
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  return render(
    <ServicesContext value={services}>
      <PersonContext value={{ sub: 'alex', label: 'alex@consumer.example', isAuditor: false, ...person }}>
        <QueryClientProvider client={queries}>
          <MemoryRouter initialEntries={[address]}>
            <Pages />
            <Address />
          </MemoryRouter>
          <SessionEnded />
        </QueryClientProvider>
      </PersonContext>
    </ServicesContext>,
  );
}

function Address() {
  const { pathname, search } = useLocation();
  return <output hidden data-testid="address">{`${pathname}${search}`}</output>;
}
