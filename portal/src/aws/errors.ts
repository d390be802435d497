import { PortalError, type Trouble } from '../shared/errors';

/** An answer of an AWS service that is no success. `code`: AWS's own name of the error. */
export class AwsError extends PortalError {
  override readonly name = 'AwsError';

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(troubleOfCode(code, status), message || code);
  }

  /** Whether the credentials ran out on the way, so that new ones help. */
  get isExpiry(): boolean {
    return ['ExpiredTokenException', 'ExpiredToken', 'RequestExpired', 'UnrecognizedClientException'].includes(
      this.code,
    );
  }

  get isThrottling(): boolean {
    return /Throttl|TooManyRequests|LimitExceeded/.test(this.code) || this.status === 429 || this.status >= 500;
  }
}

export function offline(cause: unknown): PortalError {
  return new PortalError('offline', 'AWS cannot be reached. Check your connection, and try again.', { cause });
}

export async function awsErrorOf(response: Response): Promise<AwsError> {
  let document: Record<string, unknown> = {};
  try {
    document = (await response.json()) as Record<string, unknown>;
  } catch {
    // No JSON: the status says it all.
  }
  const type = document['__type'] ?? document['code'] ?? document['Code'] ?? response.headers.get('x-amzn-errortype');
  const code = (typeof type === 'string' ? type : `Http${response.status}`).replace(/^.*#/, '').replace(/:.*$/, '');
  const message = document['message'] ?? document['Message'];
  return new AwsError(code, response.status, typeof message === 'string' ? message : '');
}

function troubleOfCode(code: string, status: number): Trouble {
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation|Forbidden/.test(code)) return 'forbidden';
  if (/EntityNotFound|DoesNotExist|ResourceNotFound|InvalidArn/.test(code)) return 'not-found';
  if (/Throttl|TooManyRequests|LimitExceeded|ServiceUnavailable/.test(code) || status === 429) return 'busy';
  return status >= 500 ? 'fault' : 'invalid';
}
