import type { ReactNode } from 'react';

/** The waves, as on the pages that approvers see. */
export function Logo({ size = 28 }: { size?: number }): ReactNode {
  return (
    <svg className="ls-logo" width={size} height={size} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
      <circle className="ls-logo-disc" cx="14" cy="14" r="14" />
      <path
        className="ls-logo-wave"
        d="M6 11.5c2.7-2.4 5.3-2.4 8 0s5.3 2.4 8 0M6 17c2.7-2.4 5.3-2.4 8 0s5.3 2.4 8 0"
        fill="none"
        strokeWidth="2.2"
        strokeLinecap="round"
      />
    </svg>
  );
}
