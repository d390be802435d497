import type { ReactNode } from 'react';

/** What stands in a list that has nothing to show: why, and what to do. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}): ReactNode {
  return (
    <div className="ls-empty">
      <p className="ls-strong">{title}</p>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}
