import { PortalError, type Trouble } from '../shared/errors';

export interface FieldError {
  field: string;
  message: string;
}

/** An answer of the API that is no success. `status`: of HTTP; `reason`: the named reason, for programs. */
export class ApiError extends PortalError {
  override readonly name = 'ApiError';
  readonly reason: string | null;
  readonly fields: readonly FieldError[];

  constructor(
    trouble: Trouble,
    readonly status: number,
    message: string,
    options: ErrorOptions & { reason?: string | null; fields?: readonly FieldError[] } = {},
  ) {
    super(trouble, message, options);
    this.reason = options.reason ?? null;
    this.fields = options.fields ?? [];
  }
}

/** Read an answer with problem details (RFC 9457), or whatever stands in its place. */
export async function errorOf(response: Response): Promise<ApiError> {
  const trouble = troubleOfStatus(response.status);
  const problem = await documentOf(response);
  const message = text(problem['detail']) ?? text(problem['title']) ?? plain(trouble, response.status);
  return new ApiError(trouble, response.status, message, {
    reason: text(problem['reason']) ?? null,
    fields: fieldsOf(problem['errors']),
  });
}

function troubleOfStatus(status: number): Trouble {
  switch (status) {
    case 401:
      return 'signed-out';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 409:
      return 'conflict';
    case 429:
    case 502:
    case 503:
    case 504:
      return 'busy';
    default:
      return status >= 400 && status < 500 ? 'invalid' : 'fault';
  }
}

function plain(trouble: Trouble, status: number): string {
  switch (trouble) {
    case 'forbidden':
      return 'You may not see this.';
    case 'not-found':
      return 'There is no such thing, or it is not yours to see.';
    case 'busy':
      return 'Lakeshare is busy just now. Try again in a moment.';
    default:
      return `Lakeshare answered with an error (${status}).`;
  }
}

async function documentOf(response: Response): Promise<Record<string, unknown>> {
  // A gateway in between answers with HTML or with JSON of its own; only problem details are ours to show.
  if (!response.headers.get('content-type')?.includes('application/problem+json')) return {};
  try {
    const document: unknown = await response.json();
    return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function fieldsOf(errors: unknown): FieldError[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: unknown) => {
    const { field, message } = (error ?? {}) as Partial<Record<keyof FieldError, unknown>>;
    return typeof field === 'string' && typeof message === 'string' ? [{ field, message }] : [];
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
