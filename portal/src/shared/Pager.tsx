import type { ReactNode } from 'react';
import { Icon } from './Icon';

interface Props {
  page: number;
  pages: number;
  disabled: boolean;
  onTurn: (page: number) => void;
}

/** The pages of a list: the first, the last, and those beside this one. */
export function Pager({ page, pages, disabled, onTurn }: Props): ReactNode {
  const step = (to: number, label: string, icon: 'previous' | 'next') => (
    <button
      type="button"
      className="ls-icon-button"
      aria-label={label}
      disabled={disabled || to < 1 || to > pages}
      onClick={() => {
        onTurn(to);
      }}
    >
      <Icon name={icon} />
    </button>
  );
  return (
    <ul className="ls-pager" aria-label="Pages">
      <li>{step(page - 1, 'Previous page', 'previous')}</li>
      {shownPages(page, pages).map((each) => (
        <li key={each}>
          {each < 0 ? (
            <span aria-hidden="true">…</span>
          ) : (
            <button
              type="button"
              className="ls-icon-button"
              aria-label={`Page ${each}`}
              aria-current={each === page ? 'page' : undefined}
              disabled={disabled}
              onClick={() => {
                onTurn(each);
              }}
            >
              {each}
            </button>
          )}
        </li>
      ))}
      <li>{step(page + 1, 'Next page', 'next')}</li>
    </ul>
  );
}

/** Which pages have a button; a negative number stands for those that are left out after the page before it. */
export function shownPages(page: number, pages: number): number[] {
  const near = [1, page - 1, page, page + 1, pages].filter((each) => each >= 1 && each <= pages);
  const sorted = [...new Set(near)].sort((a, b) => a - b);
  return sorted.flatMap((each, at) => {
    const before = sorted[at - 1] ?? 0;
    if (each - before === 2) return [each - 1, each];
    return each - before > 2 ? [-before, each] : [each];
  });
}
