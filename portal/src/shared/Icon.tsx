import type { ReactNode } from 'react';

/** Drawn on 16 by 16, as Cloudscape's are, with lines of two. */
const PATHS = {
  search: 'M11 11l4 4M2 7a5 5 0 1 0 10 0A5 5 0 1 0 2 7z',
  close: 'M2.5 2.5l11 11M13.5 2.5l-11 11',
  menu: 'M8 2.5v.01M8 8v.01M8 13.5v.01',
  check: 'M1.5 8.5l4.5 4.5 8.5-10',
  next: 'M5 2l6 6-6 6',
  previous: 'M11 2L5 8l6 6',
  sort: 'M4 5.5h8L8 11z',
  up: 'M4 10.5h8L8 5z',
  error: 'M1 8a7 7 0 1 0 14 0A7 7 0 1 0 1 8zM5.5 5.5l5 5M10.5 5.5l-5 5',
  warning: 'M8 1.8L15 14.2H1zM8 6.4v3.4M8 11.6v.6',
  info: 'M1 8a7 7 0 1 0 14 0A7 7 0 1 0 1 8zM8 11.5V7M8 5.2v-.7',
  success: 'M1 8a7 7 0 1 0 14 0A7 7 0 1 0 1 8zM4.8 8.2l2.3 2.3 4.2-4.6',
};

export type IconName = keyof typeof PATHS;

/** A sign beside a text that says the same; `label`: where no text does. */
export function Icon({ name, label, filled = false }: { name: IconName; label?: string; filled?: boolean }): ReactNode {
  const named = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label };
  return (
    <svg className="ls-icon" viewBox="0 0 16 16" focusable="false" data-name={name} data-filled={filled} {...named}>
      <path d={PATHS[name]} />
    </svg>
  );
}
