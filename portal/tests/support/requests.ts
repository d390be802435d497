import type { Detail, Ground, Preview, Share } from '../../src/api/types';

const GROUND: Ground = {
  rule: 'ColumnFlagged',
  table: 'customer',
  column: 'c_email_address',
  text: 'customer.c_email_address',
};
const NO_END: NonNullable<Detail['term']> = { until: null, days: null, text: 'without an end' };
export const OWNER = { account_id: '222222222222', name: 'Retail - Reviews' };

export function preview(more: Partial<Preview> = {}): Preview {
  return {
    outcome: 'needs_approval',
    reason: null,
    message: '',
    owner: OWNER,
    grounds: [GROUND],
    grounds_total: 1,
    tables_total: 1,
    columns_total: 18,
    scope: 'table',
    warnings: [],
    term: NO_END,
    latest_day: null,
    already: null,
    ...more,
  };
}

export function detail(more: Partial<Detail> = {}): Detail {
  return {
    id: 'r1',
    status: 'RECEIVED',
    reason: null,
    message: '',
    source: { database: 'retail', table: 'customer' },
    target: { account_id: '999999999999' },
    requester: { email: 'alex@consumer.example' },
    owner: OWNER,
    received_at: '2026-11-24T11:52:09.120Z',
    closed_at: null,
    remains: '',
    purpose: 'A churn model',
    asked: NO_END,
    term: null,
    expires_at: null,
    mail_due_at: null,
    classification: null,
    decision: null,
    granted: null,
    history: [{ at: '2026-11-24T11:52:09.120Z', event: 'Received' }],
    execution_arn: null,
    renews: null,
    share: null,
    mine: true,
    ...more,
  };
}

/** What came of `shared()`, some days before its end unless told otherwise. */
export function share(more: Partial<Share> = {}): Share {
  const at = '2026-11-24T12:00:00Z';
  return {
    id: 'r1:1',
    status: 'ACTIVE',
    since: at,
    until: '2027-02-23T00:00:00.000Z',
    approver: 'dana@retail.example',
    warned: null,
    renewed_by: null,
    ended_at: null,
    reason: null,
    ended_by: null,
    note: null,
    history: [
      { at, event: 'Granting' },
      { at, event: 'Active', detail: 'Until 2027-02-23T00:00:00.000Z.' },
    ],
    ...more,
  };
}

/** A request that an approver has approved, with everything that comes with it. */
export function shared(more: Partial<Detail> = {}): Detail {
  const at = '2026-11-24T12:00:00Z';
  return detail({
    status: 'SHARED',
    message: 'Table retail.customer is shared with account 999999999999.',
    closed_at: at,
    classification: {
      needs_approval: true,
      summary: 'Personal data: customer.c_email_address.',
      scope: 'table',
      grounds: [GROUND],
      grounds_total: 1,
      tables_total: 1,
      columns_total: 18,
      warnings: ["The location of the table's data is not registered with Lake Formation: no data."],
    },
    term: NO_END,
    decision: {
      action: 'approve',
      at,
      comment: 'Fine.',
      approver: 'dana@retail.example',
      decided_by: 'mailbox',
      until: null,
    },
    granted: { tables: 1, names: ['customer'], database: false, wildcard: false },
    history: [
      { at, event: 'Received' },
      { at, event: 'Classified', detail: 'Personal data: customer.c_email_address.' },
      { at, event: 'ApprovalRequested', detail: 'A mail went to 2 approver(s).' },
      { at, event: 'Approved', by: 'dana@retail.example', detail: 'Fine.' },
      { at, event: 'Shared' },
    ],
    execution_arn: 'arn:aws:states:us-east-1:123456789012:execution:lakeshare:r1',
    ...more,
  });
}
