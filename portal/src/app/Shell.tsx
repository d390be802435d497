import type { ReactNode } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { CatalogueSearch } from '../search/CatalogueSearch';
import { Logo } from '../shared/Logo';
import { AccountMenu } from './AccountMenu';
import { Bar } from './Bar';

const SECTIONS = [
  { to: '/', label: 'Catalogue', under: ['/databases'] },
  { to: '/requests', label: 'Requests', under: ['/requests'] },
  { to: '/executions', label: 'Executions', under: ['/executions'] },
];

/** Bar, sections and the place where pages stand. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const { pathname } = useLocation();
  return (
    <>
      <a
        className="ls-skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        Skip to the content
      </a>
      <Bar
        brandHref={
          <Link className="ls-brand" to="/">
            <Logo /> Lakeshare
          </Link>
        }
      >
        <nav className="ls-sections" aria-label="Sections">
          {SECTIONS.map(({ to, label, under }) => {
            const here = pathname === to || under.some((path) => pathname === path || pathname.startsWith(`${path}/`));
            return (
              <NavLink key={to} to={to} aria-current={here ? 'page' : undefined} className={here ? 'ls-here' : ''}>
                {label}
              </NavLink>
            );
          })}
        </nav>
        <CatalogueSearch />
        <AccountMenu />
      </Bar>
      <main className="ls-main" id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
