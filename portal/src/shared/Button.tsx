import { type ReactNode, useId } from 'react';

interface Props {
  children: ReactNode;
  onClick: () => void;
  variant?: 'primary' | 'normal';
  wide?: boolean;
  /** What it says while what it began is under way; it takes no further click then. */
  busy?: string | undefined;
  /** Why it does nothing; it can be reached all the same, so that everybody learns it. */
  disabledReason?: string;
}

/** A button of the page's own, as Cloudscape's look: pages that need nothing else load no component library. */
export function Button({
  children,
  onClick,
  variant = 'normal',
  wide = false,
  busy,
  disabledReason = '',
}: Props): ReactNode {
  const reason = useId();
  const still = busy !== undefined || disabledReason !== '';
  return (
    <span className={wide ? 'ls-reasoned ls-block' : 'ls-reasoned'}>
      <button
        type="button"
        className={`ls-button ls-${variant}`}
        aria-disabled={still || undefined}
        aria-describedby={disabledReason === '' ? undefined : reason}
        onClick={() => {
          if (!still) onClick();
        }}
      >
        {busy !== undefined && <span className="ls-spinner" aria-hidden="true" />}
        {busy ?? children}
      </button>
      {disabledReason !== '' && (
        <span role="tooltip" id={reason} className="ls-reason">
          {disabledReason}
        </span>
      )}
    </span>
  );
}
