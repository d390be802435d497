import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ReactNode } from 'react';
import { ApiError } from '../api/problem';
import { Problem } from '../shared/Problem';
import { TextLink } from '../shared/TextLink';
import { troubleOf } from '../shared/errors';

interface Props {
  error: unknown;
  onRetry: () => void;
  /** Send it as a request of its own. */
  onAnew: () => void;
}

const KEPT = 'What you typed is kept; sending it again never asks twice.';

/** Whether it is certain that no request came of it: the answer says so, or nothing was sent because the session has ended. */
function wasRefused(error: unknown): boolean {
  return troubleOf(error) === 'signed-out' || (error instanceof ApiError && error.status < 500);
}

/** A request that could not be sent. What was typed stays in the form. */
export function SendProblem({ error, onRetry, onAnew }: Props): ReactNode {
  if (troubleOf(error) === 'conflict') {
    return (
      <div role="alert">
        <Alert
          type="warning"
          header="An earlier try has gone through"
          action={
            <Button formAction="none" onClick={onAnew}>
              Send it anyway
            </Button>
          }
        >
          You have changed it since. Look at <TextLink href="/requests">your requests</TextLink> first, or send this one
          as well.
        </Alert>
      </div>
    );
  }
  return (
    <Problem
      error={error}
      header={wasRefused(error) ? 'The request was not sent' : 'It is not known whether the request was sent'}
      onRetry={onRetry}
      texts={{
        offline: `Lakeshare cannot be reached. ${KEPT}`,
        ...(wasRefused(error)
          ? {}
          : { busy: `Lakeshare is busy or out of order. ${KEPT}`, fault: `Something failed. ${KEPT}` }),
        'signed-out': 'Your session has ended. Sign in again; what you typed is kept.',
      }}
    />
  );
}
