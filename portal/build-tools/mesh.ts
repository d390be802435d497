import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin, ProxyOptions } from 'vite';

const STATE = process.env['LAKESHARE_MESH'] ?? fileURLToPath(new URL('../../.localmesh', import.meta.url));
const ADDRESS = 'http://localhost:5173';
const NONCE = 'development';
/** What a proxy decides by itself, or must not pass on. */
const OWN = new Set(['connection', 'content-encoding', 'content-length', 'content-type', 'date', 'etag', 'server']);

/**
 * `npm run dev` on a running mesh: the page comes from Vite, with hot reload, and everything else from the mesh of
 * `make demo`: the API, what the page is told of its stack, the sign-in, and the security headers.
 */
export function meshBehind(): Plugin {
  return {
    name: 'mesh-behind',
    apply: (_, { command, mode, isPreview }) => command === 'serve' && mode !== 'test' && !isPreview,
    async config() {
      const portal = await portalOf(STATE);
      const page = await fetch(portal, { method: 'HEAD' });
      const behind: ProxyOptions = { target: portal, changeOrigin: true };
      return {
        // The user pool's client knows this address, and no other but the portal's (`portalOtherPages`).
        server: {
          host: 'localhost',
          port: Number(new URL(ADDRESS).port),
          strictPort: true,
          headers: headersOf(page.headers),
          proxy: { '^/api/': behind, '^/config\\.json$': behind },
        },
        html: { cspNonce: NONCE },
      };
    },
  };
}

/** Where the mesh serves the portal; without one, the end, in one line. */
async function portalOf(state: string): Promise<string> {
  try {
    const mesh = JSON.parse(readFileSync(`${state}/mesh.json`, 'utf8')) as { portal_url: string | null };
    if (mesh.portal_url !== null && (await fetch(`${mesh.portal_url}/config.json`)).ok) return mesh.portal_url;
  } catch {
    // No file, or nobody there any more.
  }
  console.error('No mesh with a portal is running: start one with `make demo` in another terminal, then try again.');
  process.exit(1);
}

/**
 * The headers of the deployed page, and what Vite needs besides: its two inline scripts and its style elements by a
 * nonce, and the socket that says what has changed. HSTS stays away: other servers of this machine are called localhost.
 */
function headersOf(given: Headers): Record<string, string> {
  const kept = [...given].filter(
    ([name]) => !OWN.has(name) && !/^(cache-control|strict-transport-security|vary|x-amz.*|accept-ranges)$/.test(name),
  );
  const headers = Object.fromEntries(kept);
  const policy = headers['content-security-policy'] ?? '';
  const more: Record<string, string> = {
    'script-src': `'nonce-${NONCE}'`,
    'style-src': `'nonce-${NONCE}'`,
    'connect-src': ADDRESS.replace('http', 'ws'),
  };
  headers['content-security-policy'] = policy
    .split('; ')
    .map((directive) => [directive, more[directive.split(' ')[0] ?? '']].filter(Boolean).join(' '))
    .join('; ');
  return headers;
}
