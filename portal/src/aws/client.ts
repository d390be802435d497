import { AwsV4Signer } from 'aws4fetch';
import type { CognitoCredentials } from './credentials';
import { type AwsError, awsErrorOf, offline } from './errors';

const PAUSES_MS = [200, 600, 1500];

export interface Service {
  name: 'glue' | 'states';
  endpoint: string;
  /** What stands before the operation in `X-Amz-Target`. */
  target: string;
  version: '1.0' | '1.1';
}

/** Signed calls of AWS's JSON services, straight from the browser. */
export class AwsClient {
  constructor(
    private readonly region: string,
    private readonly credentials: Pick<CognitoCredentials, 'get' | 'forget'>,
    private readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {}

  /**
   * Call one operation. Throttling and outages are tried again a few times, keys that ran out are renewed once.
   *
   * @throws AwsError, PortalError `offline`, SignedOut.
   */
  async call<T>(service: Service, operation: string, body: unknown, signal?: AbortSignal): Promise<T> {
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
      const response = await this.#send(service, operation, body, signal);
      if (response.ok) return (await response.json()) as T;
      const error: AwsError = await awsErrorOf(response);
      const wait = PAUSES_MS[attempt];
      if (error.isExpiry && !renewed) {
        renewed = true;
        this.credentials.forget();
      } else if (error.isThrottling && wait !== undefined) {
        await this.pause(wait * (0.5 + Math.random() / 2));
      } else {
        throw error;
      }
      signal?.throwIfAborted();
    }
  }

  async #send(service: Service, operation: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    const { accessKeyId, secretAccessKey, sessionToken } = await this.credentials.get();
    const signed = await new AwsV4Signer({
      method: 'POST',
      url: service.endpoint,
      headers: {
        'content-type': `application/x-amz-json-${service.version}`,
        'x-amz-target': `${service.target}.${operation}`,
      },
      body: JSON.stringify(body),
      service: service.name,
      region: this.region,
      accessKeyId,
      secretAccessKey,
      sessionToken,
    }).sign();
    try {
      return await fetch(signed.url, {
        method: signed.method,
        headers: signed.headers,
        body: signed.body ?? null,
        cache: 'no-store',
        signal: signal ?? null,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw offline(error);
    }
  }
}
