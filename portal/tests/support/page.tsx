import I18nProvider from '@cloudscape-design/components/i18n';
import { QueryClientProvider } from '@tanstack/react-query';
import { type RenderResult, render } from '@testing-library/react';
import type { UserManager } from 'oidc-client-ts';
import { MemoryRouter, useLocation } from 'react-router';
import { vi } from 'vitest';
import { messages } from '../../src/app/messages';
import { Pages } from '../../src/app/Pages';
import { createQueryClient } from '../../src/app/queries';
import { type Person, PersonContext, type Services, ServicesContext } from '../../src/app/services';
import { SessionEnded } from '../../src/auth/SessionEnded';
import { Session } from '../../src/auth/session';
import type { GluePage } from '../../src/aws/glue';
import type { DatabaseRow, TableRow } from '../../src/lake/survey';
import { CONFIG } from './config';
import { detail, preview } from './requests';

export const DATABASE: DatabaseRow = {
  name: 'retail',
  description: 'A retailer',
  location: 's3://retail-lake/',
  owner: { accountId: '111111111111', name: 'Retail - Store Operations' },
  flag: 'no',
  barrier: '',
};

export const TABLE: TableRow = {
  name: 'customer',
  description: 'People who bought',
  owner: DATABASE.owner,
  kind: 'EXTERNAL_TABLE',
  location: 's3://retail-lake/customer/',
  flag: 'yes',
  ownFlag: 'no',
  flaggedColumns: 1,
  columnsTotal: 2,
  registered: true,
  barrier: '',
};

/**
 * Load the code of all pages. They are split off, and compiling one takes seconds on a busy machine: no test should
 * wait for that. To be called before all tests of a file.
 */
export async function loadPages(): Promise<void> {
  await Promise.all(Object.values(import.meta.glob('../../src/*/*Page.tsx')).map((load) => load()));
}

/** Stand-ins for everything outside; each answer can be replaced. */
export function fakes() {
  const manager = {
    getUser: () => Promise.resolve(null),
    signinRedirect: vi.fn(() => Promise.resolve()),
  };
  const execution = { executionArn: 'arn:x:r1', name: 'r1', status: 'RUNNING' as const, startDate: 1_800_000_000 };
  return {
    manager,
    session: new Session(manager as unknown as UserManager),
    api: {
      create: vi.fn(() => Promise.resolve(detail())),
      preview: vi.fn(() => Promise.resolve(preview())),
      list: vi.fn(() => Promise.resolve({ requests: [detail()], next: null as string | null })),
      get: vi.fn(() => Promise.resolve(detail())),
    },
    lake: {
      databases: vi.fn<(next: string | null) => Promise<GluePage<DatabaseRow>>>(() =>
        Promise.resolve({ items: [DATABASE], next: null }),
      ),
      database: vi.fn(() => Promise.resolve(DATABASE)),
      tables: vi.fn(() => Promise.resolve({ items: [TABLE], next: null })),
      table: vi.fn(() =>
        Promise.resolve({
          row: TABLE,
          columns: [
            {
              name: 'c_email_address',
              type: 'string',
              comment: 'As typed',
              isPartitionKey: false,
              flag: 'yes' as const,
            },
            { name: 'day', type: 'date', comment: '', isPartitionKey: true, flag: 'no' as const },
          ],
        }),
      ),
    },
    states: {
      executions: vi.fn(() => Promise.resolve({ items: [execution], next: null })),
      execution: vi.fn(() => Promise.resolve({ ...execution, input: '{"source":{}}' })),
      arnOf: (name: string) => `arn:x:${name}`,
    },
  };
}

export type Fakes = ReturnType<typeof fakes>;

/** Render the page at an address, with somebody signed in. */
export function renderAt(address: string, given: Fakes = fakes(), person: Partial<Person> = {}): RenderResult {
  const services = { config: CONFIG, ...given } as unknown as Services;
  const queries = createQueryClient();
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  return render(
    <I18nProvider locale="en" messages={[messages]}>
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
      </ServicesContext>
    </I18nProvider>,
  );
}

function Address() {
  const { pathname, search } = useLocation();
  return <output hidden data-testid="address">{`${pathname}${search}`}</output>;
}
