import type { ReactNode } from 'react';

interface Props {
  owner: { accountId: string; name: string } | null;
  /** What stands there if nobody is named. */
  nobody?: string;
}

/** Who answers for data: the name, and under it the account. */
export function OwnerName({ owner, nobody = 'Not named' }: Props): ReactNode {
  if (owner === null) return <span className="ls-quiet">{nobody}</span>;
  if (owner.name === '') return <span>Account {owner.accountId || '(empty)'}</span>;
  return (
    <span className="ls-stack">
      <span>{owner.name}</span>
      <span className="ls-quiet ls-small">Account {owner.accountId}</span>
    </span>
  );
}
