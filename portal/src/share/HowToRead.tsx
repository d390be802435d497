import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Delivery, OneShare } from '../api/types';
import { useServices } from '../app/services';
import { HandOn } from '../request/HandOn';
import { TABLE_NAME } from '../request/commands';
import { Command } from '../shared/Command';
import { Problem } from '../shared/Problem';
import { failuresOf, isDue, needsNewShare, nextTry, roleName, stageOf } from './delivery';

/** Under which name a share is in its account, which roles read it, and what is still missing. `has`: to whoever has it. */
export function HowToRead({ share, has }: { share: OneShare; has: boolean }): ReactNode {
  const stage = stageOf(share);
  if (stage === null) return null;
  const { delivery } = share;
  return (
    <section className="ls-card" aria-labelledby="read">
      <h2 id="read">How to read it</h2>
      <div role="status">
        <Alert type={stage.type} header={stage.header}>
          {stage.text}
        </Alert>
      </div>
      {delivery && <Failures delivery={delivery} />}
      {delivery?.link != null && delivery.query !== null && (
        <>
          <p>
            {share.source?.table === '*' ? 'The database is' : 'The table is'} called{' '}
            <code className="ls-break">{delivery.link}</code> in account {share.account_id}. To look at some rows in
            Athena, run this
            {delivery.query.includes(TABLE_NAME) && (
              <>
                , with a table’s name in place of <code>{TABLE_NAME}</code>
              </>
            )}
            :
          </p>
          <Command label="a query" text={delivery.query} />
        </>
      )}
      {delivery && delivery.status !== 'WITHDRAWN' && delivery.status !== 'UNREADABLE' && (
        <Roles share={share} delivery={delivery} />
      )}
      {has && <Again share={share} />}
    </section>
  );
}

function Failures({ delivery }: { delivery: Delivery }): ReactNode {
  const failures = failuresOf(delivery);
  if (failures.length === 0) return null;
  const next = nextTry(delivery);
  return (
    <>
      <h3>What is missing</h3>
      <ul className="ls-list">
        {failures.map(({ role, reason, text }) => (
          <li key={`${role} ${reason} ${text}`} className="ls-break">
            {role !== '' && <strong>{role}: </strong>}
            {text} <span className="ls-quiet ls-small">{reason}</span>
          </li>
        ))}
      </ul>
      {next !== '' && <p className="ls-quiet">{next}</p>}
    </>
  );
}

const ROLES: Partial<Record<Delivery['status'], string>> = {
  READY: 'Roles that read it',
  WITHDRAWING: 'Roles that read it until now',
};

function Roles({ share, delivery }: { share: OneShare; delivery: Delivery }): ReactNode {
  if (delivery.roles.length > 0) {
    return (
      <>
        <h3>{ROLES[delivery.status] ?? 'Roles that are to read it'}</h3>
        <ul className="ls-list">
          {delivery.roles.map((arn) => (
            <li key={arn} className="ls-break" title={arn}>
              {roleName(arn)}
              {delivery.status === 'READY' && (
                <span className="ls-quiet ls-small">
                  {delivery.tried_as.includes(arn) ? ' – looked at as this role' : ' – by what Lake Formation lists'}
                </span>
              )}
            </li>
          ))}
        </ul>
      </>
    );
  }
  if (delivery.link === null || share.source === null || delivery.status === 'WITHDRAWING') return null;
  return (
    <>
      <h3>Let a role read it</h3>
      <p>
        The request named no role. A Lake Formation administrator of account {share.account_id} lets one read it, with
        that account’s credentials.
      </p>
      <HandOn
        source={share.source}
        isPart={share.in_brief !== undefined}
        consumer={share.account_id}
        link={delivery.link}
      />
    </>
  );
}

/** Has it delivered again, or at last. What has run out only a new share mends. */
function Again({ share }: { share: OneShare }): ReactNode {
  const { api } = useServices();
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => api.deliver(share.id),
    onSuccess: (after) => {
      queries.setQueryData(['share', share.id], after);
    },
  });
  const { delivery } = share;
  if (delivery && (delivery.status === 'WITHDRAWN' || delivery.status === 'UNREADABLE')) return null;
  const send = () => {
    if (!again.isPending) again.mutate();
  };
  const soon = delivery != null && isDue(delivery);
  return (
    <>
      {delivery && needsNewShare(delivery) && share.status === 'ACTIVE' && (
        <p>
          <strong>What helps now:</strong> Give back, above, then Ask again. The new request is filled in as this one
          was.
        </p>
      )}
      <div className="ls-buttons">
        <Button
          variant={delivery ? 'normal' : 'primary'}
          loading={again.isPending}
          loadingText="Sending"
          onClick={send}
        >
          {!delivery ? 'Deliver it' : delivery.status === 'READY' ? 'Look again' : 'Try again'}
        </Button>
        <span role="status" className="ls-quiet">
          {soon ? 'It is seen to within a minute.' : ''}
        </span>
      </div>
      {again.error !== null && <Problem error={again.error} header="Nothing came of it" onRetry={send} />}
    </>
  );
}
