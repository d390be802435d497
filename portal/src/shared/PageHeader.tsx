import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { Icon } from './Icon';
import { TextLink } from './TextLink';

interface Props {
  title: string;
  /** The pages above this one. */
  trail: readonly { text: string; href: string }[];
  lede?: ReactNode;
  /** Beside the title: a badge, a status. */
  mark?: ReactNode;
  actions?: ReactNode;
}

/** A page's title with the way to it. On coming from another page, the title gets the focus, so that it is read out. */
export function PageHeader({ title, trail, lede, mark, actions }: Props): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  useEffect(() => {
    document.title = `${title} · Lakeshare`;
  }, [title]);
  useEffect(() => {
    // 'default' is the page that the browser loaded by itself: there the focus is where it belongs.
    if (key !== 'default' && arrived !== location.pathname) heading.current?.focus({ preventScroll: true });
    arrived = location.pathname;
  }, [key]);
  return (
    <div className="ls-page-header">
      {trail.length > 0 && (
        <nav aria-label="Path">
          <ol className="ls-path">
            {trail.map(({ text, href }) => (
              <li key={href}>
                <TextLink href={href}>{text}</TextLink>
                <Icon name="next" />
              </li>
            ))}
            <li className="ls-strong" aria-current="page">
              {title}
            </li>
          </ol>
        </nav>
      )}
      <div className="ls-title-row">
        <div className="ls-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {mark}
        </div>
        {actions !== undefined && <div className="ls-actions">{actions}</div>}
      </div>
      {lede !== undefined && <p className="ls-lede">{lede}</p>}
    </div>
  );
}

/** The page whose title had its turn; a search on it changes the address, not the page. */
let arrived = '';
