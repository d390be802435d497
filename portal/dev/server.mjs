// The built page with stand-ins for everything around it, for looking at it without a stack. Never shipped.
//   node dev/server.mjs [port]     EXTRA=5000 adds databases; PACE=200 delays every answer by as many milliseconds
// POST /control {"expired": true, "down": true, "forbidden": true, "lifetime": 20} changes how it behaves.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from './catalogue.mjs';
import { Requests } from './requests.mjs';

const PORT = Number(process.argv[2] ?? 4173);
const PACE = Number(process.env.PACE ?? 60);
const ORIGIN = `http://127.0.0.1:${PORT}`;
const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:lakeshare';
const CSP = `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

const lake = catalogue(Number(process.env.EXTRA ?? 0));
const requests = new Requests(lake);
const control = { expired: false, down: false, forbidden: false, lifetime: 3600 };
const challenges = new Map();

const config = {
  region: 'us-east-1',
  userPoolId: 'us-east-1_demo',
  clientId: 'demo',
  issuer: `${ORIGIN}/us-east-1_demo`,
  signIn: {
    authorizationEndpoint: `${ORIGIN}/oauth2/authorize`,
    tokenEndpoint: `${ORIGIN}/oauth2/token`,
    logoutUrl: `${ORIGIN}/logout`,
  },
  identityPoolId: 'us-east-1:demo',
  centralAccount: '123456789012',
  stateMachineArn: MACHINE,
  apiBase: '/api',
  auditorsGroup: 'auditors',
  endpoints: { glue: `${ORIGIN}/aws`, states: `${ORIGIN}/aws`, cognitoIdentity: `${ORIGIN}/aws` },
  directStart: false,
};

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => setTimeout(() => answer(request, response, Buffer.concat(chunks).toString()), PACE));
}).listen(PORT, '127.0.0.1', () => console.log(ORIGIN));

function answer(request, response, body) {
  const url = new URL(request.url, ORIGIN);
  const json = (status, document, type = 'application/json') => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(JSON.stringify(document));
  };
  if (url.pathname === '/control') return json(200, Object.assign(control, JSON.parse(body || '{}')));
  if (url.pathname === '/config.json') return json(200, config);
  if (url.pathname.startsWith('/oauth2/') || url.pathname === '/logout') return signIn(url, body, response, json);
  if (url.pathname === '/aws') return aws(request, body, json);
  if (url.pathname.startsWith('/api/')) return api(request, url, body, json);
  return file(url, response);
}

function signIn(url, body, response, json) {
  const to = (address) => response.writeHead(302, { location: address }).end();
  if (url.pathname === '/logout') return to(url.searchParams.get('logout_uri'));
  if (url.pathname === '/oauth2/authorize') {
    const code = Math.random().toString(36).slice(2);
    challenges.set(code, url.searchParams.get('code_challenge'));
    control.expired = false;
    return to(
      `${url.searchParams.get('redirect_uri')}?code=${code}&state=${encodeURIComponent(url.searchParams.get('state'))}`,
    );
  }
  const form = new URLSearchParams(body);
  if (form.get('grant_type') === 'refresh_token') {
    if (control.expired) return json(400, { error: 'invalid_grant' });
  } else {
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (challenges.get(form.get('code')) !== proof) return json(400, { error: 'invalid_grant' });
  }
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    sub: 'alex-sub',
    iss: config.issuer,
    iat: now,
    exp: now + control.lifetime,
    aud: 'demo',
    email: 'alex@consumer.example',
    'cognito:username': 'alex',
    'cognito:groups': process.env.AUDITOR === '0' ? [] : ['auditors'],
  };
  const token =
    [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.x';
  return json(200, {
    access_token: token,
    id_token: token,
    refresh_token: 'again',
    token_type: 'Bearer',
    expires_in: control.lifetime,
  });
}

function aws(request, body, json) {
  const operation = (request.headers['x-amz-target'] ?? '').split('.').at(-1);
  const given = JSON.parse(body || '{}');
  const fail = (type, message) => json(400, { __type: type, message });
  if (operation === 'GetId') return json(200, { IdentityId: 'us-east-1:me' });
  if (operation === 'GetCredentialsForIdentity') {
    return json(200, {
      Credentials: { AccessKeyId: 'AKIA', SecretKey: 'x', SessionToken: 'y', Expiration: Date.now() / 1000 + 90 },
    });
  }
  if (control.forbidden) return fail('AccessDeniedException', 'Not yours.');
  const page = (all, token, size) => {
    const from = Number(token ?? 0);
    return [all.slice(from, from + size), from + size < all.length ? String(from + size) : undefined];
  };
  if (operation === 'GetDatabases') {
    const [DatabaseList, NextToken] = page(lake.databases, given.NextToken, 100);
    return json(200, { DatabaseList, NextToken });
  }
  if (operation === 'GetTables') {
    const [TableList, NextToken] = page(lake.tables.get(given.DatabaseName) ?? [], given.NextToken, 100);
    return json(200, { TableList, NextToken });
  }
  if (operation === 'GetDatabase') {
    const Database = lake.databases.find(({ Name }) => Name === given.Name);
    return Database ? json(200, { Database }) : fail('EntityNotFoundException', 'No database.');
  }
  if (operation === 'GetTable') {
    const Table = lake.tables.get(given.DatabaseName)?.find(({ Name }) => Name === given.Name);
    return Table ? json(200, { Table }) : fail('EntityNotFoundException', 'No table.');
  }
  const executions = requests.list().map((it) => ({
    executionArn: it.execution_arn,
    name: it.id,
    startDate: Date.parse(it.received_at) / 1000,
    stopDate: it.closed_at && Date.parse(it.closed_at) / 1000,
    status: it.closed_at ? (it.status === 'FAILED' ? 'FAILED' : 'SUCCEEDED') : 'RUNNING',
    source: it.source,
    target: it.target,
    outcome: it.status,
  }));
  if (operation === 'ListExecutions') {
    return json(200, {
      executions: executions.filter(({ status }) => !given.statusFilter || status === given.statusFilter),
    });
  }
  const one = executions.find(({ executionArn }) => executionArn === given.executionArn);
  if (!one) return fail('ExecutionDoesNotExist', 'No execution.');
  return json(200, {
    ...one,
    input: JSON.stringify({ source: one.source, target: one.target }),
    ...(one.stopDate ? { output: JSON.stringify({ status: one.outcome }) } : {}),
  });
}

function api(request, url, body, json) {
  const path = url.pathname.slice(4);
  const problem = (status, detail) =>
    json(
      status,
      typeof detail === 'string' ? { title: detail, detail, status } : { status, ...detail },
      'application/problem+json',
    );
  if (control.down) return problem(503, 'Lakeshare is being mended. Try again in a moment.');
  if (control.expired) return json(401, { message: 'Unauthorized' });
  if (path === '/requests/preview') return json(200, requests.preview(JSON.parse(body)));
  if (path === '/requests' && request.method === 'POST') {
    const [status, document] = requests.create(JSON.parse(body));
    return status < 400 ? json(status, document) : problem(status, document);
  }
  if (path === '/requests') {
    const wanted = (it) =>
      (!url.searchParams.has('account_id') || it.target.account_id === url.searchParams.get('account_id')) &&
      (!url.searchParams.has('status') || it.status === url.searchParams.get('status'));
    return json(200, { requests: requests.list().filter(wanted), next: null });
  }
  const it = requests.get(decodeURIComponent(path.slice('/requests/'.length)));
  return it ? json(200, it) : problem(404, 'There is no such request.');
}

function file(url, response) {
  let path = join(DIST, decodeURIComponent(url.pathname));
  const there = path.startsWith(DIST) && existsSync(path) && statSync(path).isFile();
  if (!there && url.pathname.startsWith('/assets/')) return response.writeHead(404).end();
  if (!there) path = join(DIST, 'index.html');
  response.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
    'x-content-type-options': 'nosniff',
  });
  createReadStream(path).pipe(response);
}
