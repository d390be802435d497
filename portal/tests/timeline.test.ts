import type { HistoryEntry } from '../src/api/types';
import { expect, test } from 'vitest';
import { timelineOf } from '../src/request/timeline';
import { detail, shared } from './support/requests';

test('every step of an approved request', () => {
  const steps = timelineOf(shared());
  expect(steps.map(({ title }) => title)).toEqual([
    'Received',
    'Looked up in the catalogue',
    'Sent for approval',
    'Approved',
    'Shared',
  ]);
  expect(steps[2]?.text).toBe('To Retail - Reviews. A mail went to 2 approvers.');
  expect(steps[3]).toMatchObject({
    by: 'dana@retail.example',
    quote: 'Fine.',
    text: 'From a mailbox that the mail went to. It may be a list’s.',
  });
});

test('an approver whose address could not be checked', () => {
  const request = shared();
  const decision = { ...request.decision, decided_by: 'unverified' } as typeof request.decision;
  expect(timelineOf({ ...request, decision })[3]?.text).toContain('could not check it');
});

test('what an open request waits for', () => {
  expect(timelineOf(detail()).at(-1)).toMatchObject({ status: 'in-progress', at: '' });
  const waiting = timelineOf(detail({ status: 'WAITING', expires_at: '2026-12-01T11:52:09Z' })).at(-1);
  expect(waiting).toMatchObject({ status: 'pending', title: 'Waiting for the decision' });
  expect(waiting?.text).toMatch(/1 Dec 2026.*nothing is shared/);
  const partly = detail({ status: 'WAITING', expires_at: '2026-12-01T11:52:09Z', remains: 'Granted already: a part.' });
  expect(timelineOf(partly).at(-1)?.text).toMatch(/nothing more is shared/);
  const due = detail({ status: 'WAITING', mail_due_at: '2026-11-24T11:53:00Z' });
  expect(timelineOf(due).at(-1)?.title).toBe('Waiting to be mailed');
});

test('an event that this page does not know yet is shown all the same', () => {
  const event = 'Extended' as HistoryEntry['event'];
  const request = detail({ status: 'SHARED', history: [{ at: '2026-11-24T12:00:00Z', event, by: 'x' }] });
  expect(timelineOf(request)).toMatchObject([{ title: 'Extended', by: 'x', status: 'info' }]);
});
