import { beforeEach, describe, expect, test, vi } from 'vitest';
import { AwsClient } from '../src/aws/client';
import { CognitoCredentials } from '../src/aws/credentials';
import { Glue } from '../src/aws/glue';
import { States } from '../src/aws/states';
import { SignedOut } from '../src/shared/errors';
import { CONFIG } from './support/config';

const fetching = vi.fn<typeof fetch>();
let now = 0;
const session = { idToken: () => Promise.resolve('id-token'), left: new AbortController().signal };

beforeEach(() => {
  now = 1_000_000;
  fetching.mockReset();
  vi.stubGlobal('fetch', fetching);
});

function target(call: number): string | null {
  return new Headers(fetching.mock.calls[call]?.[1]?.headers).get('x-amz-target');
}

/** Answers as the identity pool does; keys that live for `seconds`. */
function identityPool(seconds: number): void {
  fetching.mockImplementation((_, init) => {
    const operation = new Headers(init?.headers).get('x-amz-target') ?? '';
    if (operation.endsWith('GetId')) return Promise.resolve(Response.json({ IdentityId: 'me' }));
    const keys = { AccessKeyId: 'A', SecretKey: 'S', SessionToken: 'T', Expiration: now / 1000 + seconds };
    return Promise.resolve(Response.json({ Credentials: keys }));
  });
}

describe('keys from the identity pool', () => {
  const credentials = () => new CognitoCredentials(CONFIG, session, () => now);

  test('the ID token is given for the pool, and keys are kept', async () => {
    identityPool(3600);
    const pool = credentials();
    const keys = await Promise.all([pool.get(), pool.get()]);
    expect(keys[0]).toMatchObject({ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' });
    expect(fetching).toHaveBeenCalledTimes(2);
    expect([target(0), target(1)]).toEqual([
      'AWSCognitoIdentityService.GetId',
      'AWSCognitoIdentityService.GetCredentialsForIdentity',
    ]);
    expect(JSON.parse(fetching.mock.calls[1]?.[1]?.body as string)).toEqual({
      IdentityId: 'me',
      Logins: { 'cognito-idp.us-east-1.amazonaws.com/us-east-1_pool': 'id-token' },
    });
  });

  test('keys that live for 90 seconds are renewed before they run out, and not at every call', async () => {
    identityPool(90);
    const pool = credentials();
    await pool.get();
    now += 55_000;
    await pool.get();
    expect(fetching).toHaveBeenCalledTimes(2);
    now += 10_000;
    await pool.get();
    expect(fetching).toHaveBeenCalledTimes(3);
  });

  test('a sign-out stops what asks for them', async () => {
    const left = new AbortController();
    fetching.mockImplementation(
      (_, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => {
            reject(new DOMException('Aborted', 'AbortError'));
          });
        }),
    );
    const asked = new CognitoCredentials(CONFIG, { ...session, left: left.signal }).get();
    await vi.waitFor(() => {
      expect(fetching).toHaveBeenCalledTimes(1);
    });
    left.abort();
    await expect(asked).rejects.toBeInstanceOf(SignedOut);
    expect(fetching).toHaveBeenCalledTimes(1);
  });

  test('a refusal says so', async () => {
    fetching.mockResolvedValue(Response.json({ __type: 'NotAuthorizedException', message: 'No.' }, { status: 400 }));
    await expect(credentials().get()).rejects.toMatchObject({ trouble: 'forbidden', code: 'NotAuthorizedException' });
  });
});

describe('signed calls', () => {
  const keys = { accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T', expiresAt: 0 };
  const credentials = { get: vi.fn(() => Promise.resolve(keys)), forget: vi.fn() };
  const glue = () => new Glue(new AwsClient('us-east-1', credentials, () => Promise.resolve()), CONFIG.endpoints.glue);
  const fault = (type: string, status = 400) => Response.json({ __type: type, Message: 'Why.' }, { status });

  test('Glue', async () => {
    fetching.mockResolvedValue(Response.json({ DatabaseList: [{ Name: 'a' }], NextToken: 'n' }));
    expect(await glue().databases('t')).toEqual({ items: [{ Name: 'a' }], next: 'n' });
    const headers = new Headers(fetching.mock.calls[0]?.[1]?.headers);
    expect(headers.get('authorization')).toContain('/us-east-1/glue/aws4_request');
    expect(headers.get('x-amz-security-token')).toBe('T');
    expect(target(0)).toBe('AWSGlue.GetDatabases');
  });

  test('executions by name', async () => {
    fetching.mockResolvedValue(Response.json({ name: 'r1' }));
    const client = new AwsClient('us-east-1', credentials);
    await new States(client, CONFIG.endpoints.states, CONFIG.stateMachineArn).execution('r1');
    const init = fetching.mock.calls[0]?.[1];
    const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:lakeshare:r1';
    expect(new TextDecoder().decode(await new Response(init?.body).arrayBuffer())).toBe(
      JSON.stringify({ executionArn }),
    );
    expect(target(0)).toBe('AWSStepFunctions.DescribeExecution');
  });

  test('keys that ran out are renewed once', async () => {
    fetching.mockResolvedValueOnce(fault('ExpiredTokenException')).mockResolvedValueOnce(Response.json({}));
    await glue().databases(null);
    expect(credentials.forget).toHaveBeenCalledTimes(1);
    fetching.mockImplementation(() => Promise.resolve(fault('ExpiredTokenException')));
    await expect(glue().databases(null)).rejects.toMatchObject({ code: 'ExpiredTokenException' });
  });

  test('throttling is tried again, and then said', async () => {
    fetching.mockResolvedValueOnce(fault('ThrottlingException')).mockResolvedValueOnce(Response.json({}));
    await glue().databases(null);
    fetching.mockImplementation(() => Promise.resolve(fault('com.amazonaws.glue#ThrottlingException')));
    await expect(glue().databases(null)).rejects.toMatchObject({ trouble: 'busy' });
  });

  test.each([
    ['AccessDeniedException', 'forbidden'],
    ['EntityNotFoundException', 'not-found'],
    ['InvalidInputException', 'invalid'],
  ])('%s is %s', async (type, trouble) => {
    fetching.mockResolvedValue(fault(type));
    await expect(glue().database('a')).rejects.toMatchObject({ trouble, message: 'Why.' });
  });

  test('no connection', async () => {
    fetching.mockRejectedValue(new TypeError('Failed to fetch'));
    await expect(glue().database('a')).rejects.toMatchObject({ trouble: 'offline' });
  });
});
