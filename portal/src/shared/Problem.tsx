import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ReactNode } from 'react';
import { signIn } from '../auth/redirect';
import { useServices } from '../app/services';
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
  const { manager } = useServices();
  const trouble = troubleOf(error);
  const again = trouble === 'signed-out' ? () => void signIn(manager) : onRetry;
  return (
    <div role="alert">
      <Alert
        type={trouble === 'forbidden' || trouble === 'not-found' || trouble === 'signed-out' ? 'warning' : 'error'}
        header={header}
        action={
          again && (
            <Button formAction="none" onClick={again}>
              {trouble === 'signed-out' ? 'Sign in again' : 'Try again'}
            </Button>
          )
        }
      >
        {texts[trouble] ?? usual(error, trouble)}
      </Alert>
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
