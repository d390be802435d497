import type { ReactNode } from 'react';
import { Button } from '../shared/Button';
import { Notice } from '../shared/Notice';
import { Stage } from './Stage';

/** Shown when `config.json` cannot be used, so that nothing else can start. */
export function StartError({ message }: { message: string }): ReactNode {
  return (
    <Stage title="Lakeshare cannot start">
      <Notice
        type="error"
        header="Something is wrong with this installation"
        action={
          <Button
            onClick={() => {
              location.reload();
            }}
          >
            Try again
          </Button>
        }
      >
        {message} If it stays like this, tell the platform team.
      </Notice>
    </Stage>
  );
}
