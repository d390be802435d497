import { type ReactNode, useEffect, useState } from 'react';
import { Stage } from '../app/Stage';
import { useServices } from '../app/services';
import { CALLBACK_PATH } from '../auth/addresses';
import { Button } from '../shared/Button';
import { Notice } from '../shared/Notice';

/** For everybody who is not signed in. After the sign-in they get to the address that they came for. */
export function SignInPage({ failure }: { failure?: Error | undefined }): ReactNode {
  const { session } = useServices();
  const [leaving, setLeaving] = useState(false);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    session.prepare();
  }, [session]);
  const deep = location.pathname !== '/' && location.pathname !== CALLBACK_PATH;
  const enter = () => {
    setLeaving(true);
    setBroken(false);
    // A sign-in that failed left its own address behind; the way back must not lead to it.
    if (location.pathname === CALLBACK_PATH) history.replaceState(null, '', '/');
    session.signIn().catch(() => {
      setLeaving(false);
      setBroken(true);
    });
  };
  return (
    <Stage title="Lakeshare" lede="Find data, ask for it, follow the request.">
      {(failure !== undefined || broken) && (
        <Notice type="error" header="The sign-in did not work">
          {reasonOf(failure)} Try again; if it stays like this, tell the platform team.
        </Notice>
      )}
      <Button variant="primary" wide busy={leaving ? 'Going to the sign-in' : undefined} onClick={enter}>
        Sign in
      </Button>
      {deep && <p className="ls-quiet">After that you get to the page that you came for.</p>}
    </Stage>
  );
}

function reasonOf(failure: Error | undefined): string {
  if (failure === undefined) return 'The sign-in page cannot be reached.';
  if (/state/i.test(failure.message)) return 'It took too long, or was begun in another window.';
  return `The sign-in answered: ${failure.message.replace(/\.?$/, '.')}`;
}
