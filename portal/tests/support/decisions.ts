import type { Decided, Question, ToDecide } from '../../src/api/types';
import { OWNER, shared } from './requests';

/** A request that waits for the signed-in person's decision. */
export function question(more: Partial<Question> = {}): Question {
  const { id, source, target, requester, owner, received_at, purpose, term, classification, remains } = shared();
  return {
    ...{ id, source, target, requester, owner, received_at, purpose, term, classification, remains },
    status: 'WAITING',
    reason: null,
    message: '',
    closed_at: null,
    round: 1,
    latest_day: '2999-12-31',
    expires_at: '2999-01-01T00:00:00.000Z',
    renews: null,
    description: 'People who bought',
    decision: null,
    asked: [{ at: received_at, event: 'ApprovalRequested', detail: 'A mail went to 2 approver(s).' }],
    approvers_group: null,
    has: [],
    gains: { tables: 1, names: ['customer'] },
    ...more,
  };
}

export function toDecide(more: Partial<ToDecide> = {}): ToDecide {
  const { source, target, requester, received_at, expires_at } = question();
  const request = { target, requester, received_at, expires_at };
  return {
    data: [
      {
        source,
        owner: OWNER,
        requests: [
          { id: 'r1', ...request },
          { id: 'r2', ...request, requester: null },
        ],
      },
      { source: { database: 'retail', table: '*' }, owner: OWNER, requests: [{ id: 'r3', ...request }] },
    ],
    more: false,
    unknown: [],
    ...more,
  };
}

export function decidedNow(): Decided {
  return {
    id: 'r1',
    decision: {
      action: 'approve',
      at: '2026-11-24T12:00:00.000Z',
      comment: 'Fine.',
      approver: 'dana@retail.example',
      decided_by: 'signed-in',
      until: '2999-12-24',
    },
  };
}
