import type { ReactNode } from 'react';
import { Icon } from './Icon';

const LABELS = { error: 'Error', warning: 'Warning', info: 'Note', success: 'Success' };

interface Props {
  type: keyof typeof LABELS;
  header?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

/** Something to be read before the rest: what went wrong, what to know. */
export function Notice({ type, header, children, action }: Props): ReactNode {
  return (
    <div className={`ls-notice ls-notice-${type}`}>
      <Icon name={type} label={LABELS[type]} />
      <div className="ls-notice-text">
        {header !== undefined && <div className="ls-notice-header">{header}</div>}
        <div>{children}</div>
      </div>
      {action !== undefined && <div className="ls-notice-action">{action}</div>}
    </div>
  );
}
