import { createContext, useContext } from 'react';
import { Api } from '../api/client';
import type { Session, SignedIn } from '../auth/session';
import type { PortalConfig } from './config';

/** Everything that a page needs of the outside, made once. */
export interface Services {
  config: PortalConfig;
  session: Session;
  api: Api;
}

export function createServices(config: PortalConfig, session: Session): Services {
  return { config, session, api: new Api(config.apiBase, session) };
}

export const ServicesContext = createContext<Services | null>(null);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('A page was rendered outside its services.');
  return services;
}

/** Who is signed in. */
export interface Person {
  sub: string;
  /** What to call them: the address, or else the user name. */
  label: string;
  isAuditor: boolean;
}

export const PersonContext = createContext<Person | null>(null);

export function usePerson(): Person {
  const person = useContext(PersonContext);
  if (person === null) throw new Error('A page was rendered with nobody signed in.');
  return person;
}

export function personOf(user: Pick<SignedIn, 'profile'>, auditorsGroup: string | null): Person {
  const { sub, email, 'cognito:username': username, 'cognito:groups': groups } = user.profile;
  const label =
    [email, username].find((text): text is string => typeof text === 'string' && text !== '') ?? 'Signed in';
  const isAuditor = auditorsGroup !== null && Array.isArray(groups) && groups.includes(auditorsGroup);
  return { sub, label, isAuditor };
}
