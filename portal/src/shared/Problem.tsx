import type { ReactNode } from 'react';
import { useServices } from '../app/services';
import { Button } from './Button';
import { Notice } from './Notice';
import { PortalError, type Trouble, troubleOf } from './errors';

interface Props {
  error: unknown;
  /** What could not be done, in a few words: "The databases cannot be shown". */
  header: string;
  onRetry?: (() => void) | undefined;
  /** What to say of one kind of trouble in place of the usual. */
  texts?: Partial<Record<Trouble, string>>;
}

/** What went wrong, and what the reader can do about it. */
export function Problem({ error, header, onRetry, texts = {} }: Props): ReactNode {
  const { session } = useServices();
  const trouble = troubleOf(error);
  // What is not there is not there at a second look either.
  const retry = trouble === 'not-found' ? undefined : onRetry;
  const again = trouble === 'signed-out' ? () => void session.signIn() : retry;
  return (
    <div role="alert">
      <Notice
        type={trouble === 'forbidden' || trouble === 'not-found' || trouble === 'signed-out' ? 'warning' : 'error'}
        header={header}
        action={again && <Button onClick={again}>{trouble === 'signed-out' ? 'Sign in again' : 'Try again'}</Button>}
      >
        {texts[trouble] ?? usual(error, trouble)}
      </Notice>
    </div>
  );
}

function usual(error: unknown, trouble: Trouble): string {
  switch (trouble) {
    case 'forbidden':
      return 'You have no permission for this. The platform team can give it to you.';
    default:
      return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof PortalError ? error.message : 'Something went wrong that nobody foresaw. Try again.';
}
