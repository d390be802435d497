/** What went wrong, in the kinds that a page can say something useful about. */
export type Trouble = 'offline' | 'signed-out' | 'forbidden' | 'not-found' | 'conflict' | 'invalid' | 'busy' | 'fault';

/** The base of every error that the page foresees: of the API, of the sign-in. */
export class PortalError extends Error {
  override readonly name: string = 'PortalError';

  constructor(
    readonly trouble: Trouble,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether trying the same again may help. */
  get passing(): boolean {
    return this.trouble === 'offline' || this.trouble === 'busy' || this.trouble === 'fault';
  }
}

/** The session has ended, and only signing in again helps. */
export class SignedOut extends PortalError {
  constructor() {
    super('signed-out', 'Your session has ended. Sign in again to go on.');
  }
}

export function troubleOf(error: unknown): Trouble {
  return error instanceof PortalError ? error.trouble : 'fault';
}
