import type { Change, Delivery, ListedShare, Me, OneShare, Outcome } from '../../src/api/types';
import { OWNER } from './requests';

/** Somebody who only asks. */
export const ME: Me = {
  username: 'alex',
  email: 'alex@consumer.example',
  accounts: null,
  auditor: false,
  operator: false,
  owner_of: [],
};

const SINCE = '2026-11-24T12:00:00Z';

export function listed(more: Partial<ListedShare> = {}): ListedShare {
  return {
    id: 'r1:1',
    request_id: 'r1',
    account_id: '999999999999',
    source: { database: 'retail', table: 'customer' },
    scope: 'table',
    tables: 1,
    owner: OWNER,
    status: 'ACTIVE',
    since: SINCE,
    active_at: SINCE,
    until: '2999-02-23T00:00:00.000Z',
    requester: { email: 'alex@consumer.example' },
    purpose: 'A churn model',
    approver: 'dana@retail.example',
    warned: null,
    renewed_by: null,
    ended_at: null,
    reason: null,
    ended_by: null,
    note: null,
    message: null,
    ...more,
  };
}

export function oneShare(more: Partial<OneShare> = {}): OneShare {
  return {
    ...listed(),
    names: [],
    names_total: 0,
    history: [
      { at: SINCE, event: 'Granting' },
      { at: SINCE, event: 'Active', detail: 'Until 2999-02-23T00:00:00.000Z.' },
    ],
    ...more,
  };
}

/** All is as it should be in an account with a kit. */
export function delivery(more: Partial<Delivery> = {}): Delivery {
  return {
    status: 'READY',
    link: 'lakeshare.retail__customer',
    query: 'SELECT * FROM "lakeshare"."retail__customer" LIMIT 10;',
    since: SINCE,
    tried_at: SINCE,
    ready_at: SINCE,
    due_at: '2999-02-23T00:00:00.000Z',
    roles: ['arn:aws:iam::999999999999:role/analyst'],
    tried_as: ['arn:aws:iam::999999999999:role/analyst'],
    failures: [],
    history: [{ at: SINCE, event: 'DeliveryWanted' }],
    message: null,
    ...more,
  };
}

export function outcome(more: Partial<Outcome> = {}): Outcome {
  return {
    dry_run: true,
    shares: [
      {
        id: 'r1:1',
        account_id: '999999999999',
        ends: ['retail.customer'],
        ends_total: 1,
        stays: [],
        stays_total: 0,
        summary: 'Taken back: retail.customer.',
      },
    ],
    shares_total: 1,
    share: null,
    run: null,
    ...more,
  };
}

export function change(more: Partial<Change> = {}): Change {
  const { id, request_id, account_id, until } = listed();
  return {
    at: SINCE,
    event: 'Revoked',
    by: 'dana@retail.example',
    detail: 'The contract has ended.',
    share: {
      id,
      request_id,
      account_id,
      source: { database: 'retail', table: 'customer' },
      owner: OWNER,
      status: 'REVOKED',
      until,
    },
    hold: null,
    ...more,
  };
}
