import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { ReactNode } from 'react';
import type { Detail } from '../api/types';
import { useMe, watches } from '../app/me';
import { Facts } from '../shared/Facts';
import { GroundsList } from '../shared/GroundsList';
import { Names } from '../shared/Names';
import { rolesFact } from '../shared/Roles';
import { partText } from '../shared/part';
import { TextLink } from '../shared/TextLink';
import { counted, dayOf, moment, nameOf, number } from '../shared/format';
import { executionPath, sourcePath } from '../shared/paths';

/** What was asked for, by whom and why. */
export function RequestFacts({ request }: { request: Detail }): ReactNode {
  const { source, target, owner, requester } = request;
  const execution = request.execution_arn?.split(':').at(-1);
  const seesExecutions = watches(useMe());
  return (
    <Facts
      tall
      facts={[
        {
          label: 'Data',
          value: source ? <TextLink href={sourcePath(source)}>{nameOf(source)}</TextLink> : 'Unreadable',
        },
        { label: 'For account', value: target?.account_id },
        { label: 'Owner', value: owner && <OwnerFact owner={owner} /> },
        {
          label: 'Asked by',
          value: (
            <span className="ls-break">
              {requester ? (requester.email ?? 'A signed-in person') : 'Started directly'}
            </span>
          ),
        },
        { label: 'Asked', value: moment(request.received_at) },
        { label: 'How long', value: howLong(request) },
        ...(seesExecutions
          ? [
              {
                label: 'Execution',
                value: execution ? <TextLink href={executionPath(execution)}>How it ran</TextLink> : 'Not begun yet',
              },
            ]
          : []),
        ...rolesFact(target?.roles),
        {
          label: 'Reason',
          value: request.purpose && <span className="ls-said">{request.purpose}</span>,
          wide: true,
        },
      ]}
    />
  );
}

/** What its approver took away of the columns that were asked for. */
export function narrowedText({ decision, classification: found }: Detail): string {
  if (decision?.columns === undefined || found === null) return '';
  const asked = found.extent?.columns.length ?? found.columns_total;
  return `${decision.approver} gave ${number(decision.columns.length)} of the ${counted(asked, 'column')} that were asked for.`;
}

/** The end that was asked for, or that holds; its approver may have made it an earlier one. */
function howLong({ asked, term, decision }: Detail): ReactNode {
  const text = (term ?? asked)?.text ?? '';
  const shorter = decision?.until ? `, shortened to ${dayOf(decision.until)}` : '';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${shorter}`;
}

function OwnerFact({ owner }: { owner: { account_id: string; name: string | null } }): ReactNode {
  return (
    <span className="ls-stack">
      <span>{owner.name || `Account ${owner.account_id}`}</span>
      {owner.name && <span className="ls-quiet ls-small">Account {owner.account_id}</span>}
    </span>
  );
}

/** Why a person had to approve, or had not. */
export function GroundsCard({ request }: { request: Pick<Detail, 'classification'> }): ReactNode {
  const found = request.classification;
  if (found === null) return null;
  return (
    <section className="ls-card" aria-labelledby="grounds">
      <h2 id="grounds">{titleOf(found)}</h2>
      {found.needs_approval ? (
        <GroundsList grounds={found.grounds} total={found.grounds_total} />
      ) : (
        <p>
          None: {counted(found.columns_total, 'column')} in {counted(found.tables_total, 'table')} were read.
        </p>
      )}
      {found.warnings.map((warning) => (
        <p key={warning} className="ls-note">
          {warning}
        </p>
      ))}
    </section>
  );
}

function titleOf({ needs_approval: asks, grounds }: NonNullable<Detail['classification']>): string {
  if (grounds.some(({ rule }) => rule === 'ChangedSinceShared')) return 'Why the owner is asked';
  return asks ? 'What counts as personal data' : 'Personal data';
}

const inSentence = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** What exactly the account got. */
export function GrantedCard({ request }: { request: Detail }): ReactNode {
  const { granted, source } = request;
  if (granted === null || source === null || (granted.tables === 0 && !granted.database)) return null;
  return (
    <section className="ls-card" aria-labelledby="granted">
      <h2 id="granted">{request.status === 'SHARED' ? 'What was granted' : 'What was granted so far'}</h2>
      <ul className="ls-list">
        <li>
          {request.in_brief === undefined
            ? 'SELECT and DESCRIBE on'
            : `SELECT on ${inSentence(partText(request.in_brief))}, of`}{' '}
          {source.table !== '*' ? (
            <code>{nameOf(source)}</code>
          ) : granted.wildcard ? (
            <>
              all tables of <code>{source.database}</code>, including tables added later
            </>
          ) : (
            <>
              {counted(granted.tables, 'table')} of <code>{source.database}</code>
            </>
          )}
        </li>
        {granted.database && (
          <li>
            DESCRIBE on the database <code>{source.database}</code>
          </li>
        )}
        <li>With grant option: the account can pass this on to its own users.</li>
        {source.table === '*' && !granted.wildcard && <li>Tables added later are not covered.</li>}
      </ul>
      {source.table === '*' && granted.names.length > 0 && (
        <ExpandableSection headerText={counted(granted.tables, 'table')}>
          <Names names={granted.names} total={granted.tables} />
        </ExpandableSection>
      )}
    </section>
  );
}
