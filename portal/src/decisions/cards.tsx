import type { ReactNode } from 'react';
import { grantsOf } from '../ask/wording';
import type { Question } from '../api/types';
import { Facts } from '../shared/Facts';
import { Names } from '../shared/Names';
import { ExtentDetails } from '../shared/PartCard';
import { SafeTables } from '../shared/SafeTables';
import { Together } from '../shared/Together';
import { rolesFact } from '../shared/Roles';
import { partText } from '../shared/part';
import { TextLink } from '../shared/TextLink';
import { counted, endOf, moment, nameOf, number, ownerText } from '../shared/format';
import { sourcePath } from '../shared/paths';

/** What is asked, by whom, for whom and why; and who else was asked to decide. */
export function AskedFacts({ question }: { question: Question }): ReactNode {
  const { source, requester } = question;
  return (
    <Facts
      tall
      facts={[
        {
          label: 'Asked by',
          value: (
            <span className="ls-break">{requester?.email ?? 'Started directly: nobody’s identity was verified'}</span>
          ),
        },
        { label: 'For account', value: question.target?.account_id },
        {
          label: 'Data',
          value: source ? <TextLink href={sourcePath(source)}>{nameOf(source)}</TextLink> : 'Unreadable',
        },
        { label: 'Owner', value: ownerText(question.owner) },
        { label: 'Asked', value: moment(question.received_at) },
        { label: 'Who else is asked', value: whoElse(question) },
        ...rolesFact(question.target?.roles),
        {
          label: 'Purpose',
          value: question.purpose && <span className="ls-said">{question.purpose}</span>,
          wide: true,
        },
        ...(question.description === null ? [] : [{ label: 'Description', value: question.description, wide: true }]),
      ]}
    />
  );
}

function whoElse({ asked, approvers_group: group }: Question): string {
  const mail = asked
    .at(-1)
    ?.detail?.replace(/\b(\d+) approver\(s\)/, (_, count: string) => counted(Number(count), 'approver'));
  return [
    mail ?? 'No mail is out yet.',
    group === null ? '' : `So are the members of ${group}.`,
    'One decision counts.',
  ]
    .filter((text) => text !== '')
    .join(' ');
}

/** What an approval would add to what the account can read. */
export function GainsCard({ question }: { question: Question }): ReactNode {
  const { classification: found, gains, term, source, renews } = question;
  if (found === null) return null;
  return (
    <section className="ls-card" aria-labelledby="gains">
      <h2 id="gains">What an approval would give</h2>
      <ul className="ls-list">
        {grantsOf(found.scope, found.tables_total).map((line) => (
          <li key={line}>{line}</li>
        ))}
        {question.in_brief !== undefined && <li>{partText(question.in_brief)}.</li>}
        {term !== null && <li>Access {term.text}.</li>}
        {renews !== null && (
          <li>It renews access that the account has. If you deny it, that goes on to its own end.</li>
        )}
      </ul>
      {found.extent !== undefined && <ExtentDetails extent={found.extent} />}
      <SafeTables safe={found.safe_tables} />
      <Together effective={found.effective} />
      {source?.table === '*' && (
        <>
          <h3>New to the account</h3>
          <p>{newTables(gains.tables, found.tables_total)}</p>
          {gains.names.length > 0 && <Names names={gains.names} total={gains.tables ?? 0} />}
        </>
      )}
      {source !== null && source.table !== '*' && gains.tables === 0 && (
        <p>The account can read it already; an approval would change until when.</p>
      )}
    </section>
  );
}

function newTables(tables: number | null, total: number): string {
  if (tables === null) return 'It is not known which of the tables the account can read already.';
  if (tables === 0) return 'None: the account can read all of these tables already.';
  return `${counted(tables, 'table')} of ${number(total)}.`;
}

/** What the account can read of it already, and until when. */
export function AlreadyCard({ question }: { question: Question }): ReactNode {
  const { has } = question;
  return (
    <section className="ls-card" aria-labelledby="has">
      <h2 id="has">What the account has already</h2>
      {has === null && <p>This cannot be read just now. You can decide all the same, or look again in a minute.</p>}
      {has?.length === 0 && <p>Nothing of this, by Lakeshare.</p>}
      {has !== null && has.length > 0 && (
        <ul className="ls-list">
          {has.map(({ request_id: request, source, scope, tables, since, until, approved }) => (
            <li key={request} className="ls-break">
              <strong>{nameOf(source)}</strong>
              {scope === 'tables' && `, ${counted(tables, 'table')}`}
              {scope === 'filtered' && ', some of its columns or rows'}
              {scope === 'wildcard' && ', all tables'}: since {moment(since)},{' '}
              {until === null ? 'without an end' : `until ${endOf(until)}`}.{' '}
              {approved ? 'An owner approved it.' : 'Nobody had to approve it.'}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
