import type { ReactNode } from 'react';

/** The roles of an account that are to read what is asked for; to be told apart, each in full. */
export function Roles({ arns }: { arns: readonly string[] }): ReactNode {
  return (
    <span className="ls-stack">
      {arns.map((arn) => (
        <span key={arn} className="ls-break">
          {arn}
        </span>
      ))}
    </span>
  );
}

/** The fact of whom it is to be read by, where roles are named. */
export function rolesFact(roles: readonly string[] | undefined): { label: string; value: ReactNode; wide: true }[] {
  return roles === undefined ? [] : [{ label: 'To be read by', value: <Roles arns={roles} />, wide: true }];
}
