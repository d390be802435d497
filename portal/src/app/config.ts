import { earlyConfig } from './early';

/** What one stack tells the page: `config.json` beside it, written by `pulumi up`. One build serves every stack. */
export interface PortalConfig {
  region: string;
  userPoolId: string;
  clientId: string;
  issuer: string;
  signIn: { authorizationEndpoint: string; tokenEndpoint: string; revocationEndpoint: string; logoutUrl: string };
  centralAccount: string;
  apiBase: string;
  /** Cognito group whose members may read everybody's requests; `null`: nobody may. */
  auditorsGroup: string | null;
  /** Whether the stack holds its ledger against the lake; absent: it does not. */
  drift?: boolean;
}

/** The page cannot start. The message is for the person who deployed it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const TEXTS = [
  'region',
  'userPoolId',
  'clientId',
  'issuer',
  'signIn.authorizationEndpoint',
  'signIn.tokenEndpoint',
  'signIn.revocationEndpoint',
  'signIn.logoutUrl',
  'centralAccount',
  'apiBase',
];

/**
 * Check what `config.json` holds.
 *
 * @throws ConfigError naming every field that is missing or no text.
 */
export function parseConfig(document: unknown): PortalConfig {
  const faults = TEXTS.filter((path) => {
    const value = at(document, path);
    return typeof value !== 'string' || value === '';
  });
  const group = at(document, 'auditorsGroup');
  if (group !== undefined && group !== null && typeof group !== 'string') faults.push('auditorsGroup');
  if (faults.length > 0) {
    throw new ConfigError(`config.json must give a text for each of these, and does not: ${faults.join(', ')}.`);
  }
  const config = document as PortalConfig;
  // An empty name is no group: nobody must become an auditor by it.
  return { ...config, apiBase: config.apiBase.replace(/\/+$/, ''), auditorsGroup: config.auditorsGroup || null };
}

/**
 * Load `config.json`.
 *
 * @throws ConfigError if there is none, or it cannot be used.
 */
export async function loadConfig(): Promise<PortalConfig> {
  let response: Response;
  try {
    response = await (earlyConfig() ?? fetch('/config.json', { cache: 'no-cache' }));
  } catch {
    throw new ConfigError('config.json cannot be reached. Are you online?');
  }
  if (!response.ok) throw new ConfigError(`config.json cannot be loaded: the server answered ${response.status}.`);
  let document: unknown;
  try {
    document = await response.json();
  } catch {
    throw new ConfigError('config.json is missing, or no JSON: the server sent something else in its place.');
  }
  return parseConfig(document);
}

function at(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      document,
    );
}
