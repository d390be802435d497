import { expect, test, vi } from 'vitest';
import { loadConfig, parseConfig } from '../src/app/config';
import { CONFIG } from './support/config';

test('a whole config', () => {
  expect(parseConfig({ ...CONFIG, apiBase: '/api/' }).apiBase).toBe('/api');
});

test('an empty group makes nobody an auditor', () => {
  expect(parseConfig({ ...CONFIG, auditorsGroup: '' }).auditorsGroup).toBeNull();
});

test('every missing field is named at once', () => {
  const broken = { ...CONFIG, region: undefined, signIn: { tokenEndpoint: 'x' } };
  expect(() => parseConfig(broken)).toThrow(
    /region, signIn.authorizationEndpoint, signIn.revocationEndpoint, signIn.logoutUrl/,
  );
  expect(() => parseConfig(null)).toThrow(/region/);
});

test('no config.json, or a page in its place', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 404 })));
  await expect(loadConfig()).rejects.toThrow('the server answered 404');
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('<!doctype html>')));
  await expect(loadConfig()).rejects.toThrow('no JSON');
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  await expect(loadConfig()).rejects.toThrow('cannot be reached');
});
