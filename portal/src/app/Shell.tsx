import type { ReactNode } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import type { Me } from '../api/types';
import { owns, useMe, watches } from './me';
import { CatalogueSearch } from '../search/CatalogueSearch';
import { Logo } from '../shared/Logo';
import { AccountMenu } from './AccountMenu';
import { Bar } from './Bar';
import { useServices } from './services';

interface Section {
  to: string;
  label: string;
  under: readonly string[];
  /** For whom it is; otherwise for everybody. */
  for?: (me: Me | undefined) => boolean;
}

const SECTIONS: readonly Section[] = [
  { to: '/', label: 'Catalogue', under: ['/databases'] },
  { to: '/requests', label: 'Requests', under: ['/requests'] },
  { to: '/shares', label: 'My shares', under: ['/shares'] },
  { to: '/decisions', label: 'To decide', under: ['/decisions'], for: owns },
  { to: '/our-data', label: 'Our data', under: ['/our-data'], for: owns },
  { to: '/audit', label: 'Audit', under: ['/audit'], for: watches },
  { to: '/executions', label: 'Executions', under: ['/executions'], for: watches },
];
/** For owners; to those who watch it is a part of Audit. */
const DRIFT: Section = { to: '/drift', label: 'Drift', under: ['/drift'], for: (me) => owns(me) && !watches(me) };

/** Bar, sections and the place where pages stand. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const { pathname } = useLocation();
  const me = useMe();
  const { config } = useServices();
  const sections = config.drift === true ? [...SECTIONS, DRIFT] : SECTIONS;
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
          {sections
            .filter((section) => section.for?.(me) ?? true)
            .map(({ to, label, under }) => {
              const here =
                pathname === to || under.some((path) => pathname === path || pathname.startsWith(`${path}/`));
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
