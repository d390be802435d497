import type { ReactNode } from 'react';
import type { NamedOwner } from '../api/types';

interface Props {
  owner: NamedOwner;
  /** What stands there if nobody is named. */
  nobody?: string;
  /** With how they are reached: where there is room for it. */
  contact?: boolean;
}

const FAULTS: Record<string, string> = {
  OwnerMalformed: 'No account id: nobody can decide',
  OwnerNotRegistered: 'Not registered: nobody can decide',
  OwnerNotOfDatabase: 'Not registered for this database: nobody can decide',
};

/** Who answers for data: the name, and under it the account. */
export function OwnerName({ owner, nobody = 'Not named', contact = false }: Props): ReactNode {
  if (owner === null) return <span className="ls-quiet">{nobody}</span>;
  const account = `Account ${owner.account_id || '(empty)'}`;
  return (
    <span className="ls-stack">
      <span>{owner.name ?? account}</span>
      {owner.name !== null && <span className="ls-quiet ls-small">{account}</span>}
      {owner.fault !== null && (
        <span className="ls-quiet ls-small" title={owner.fault.message}>
          {FAULTS[owner.fault.reason] ?? 'Nobody can decide'}
        </span>
      )}
      {contact && owner.contact !== null && <Contact of={owner.contact} />}
      {contact && owner.contact_fault !== null && (
        <span className="ls-quiet ls-small" title={owner.contact_fault}>
          Its contact cannot be used
        </span>
      )}
    </span>
  );
}

/** The API gives a mail address or an address that begins with https://, and nothing else. */
function Contact({ of }: { of: string }): ReactNode {
  const page = of.startsWith('https://');
  return (
    <a className="ls-link ls-small ls-break" href={page ? of : `mailto:${of}`} {...(page ? { rel: 'noreferrer' } : {})}>
      {page ? of.slice('https://'.length) : of}
    </a>
  );
}
