import { type ReactNode, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { useServices } from '../app/services';
import { Button } from '../shared/Button';
import { Icon } from '../shared/Icon';

/**
 * The dialog that opens when the session has ended.
 *
 * Nothing is loaded for it: by then there may be a new version of the page, and the old one's files gone.
 */
export function SessionEnded(): ReactNode {
  const { session } = useServices();
  const ended = useSyncExternalStore(session.subscribe, session.hasEnded);
  return ended && <Dialog />;
}

function Dialog(): ReactNode {
  const { session } = useServices();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const again = () => {
    setLeaving(true);
    session.signIn().catch(() => {
      setLeaving(false);
    });
  };
  return (
    <dialog ref={dialog} className="ls-dialog" aria-labelledby={title}>
      <div className="ls-dialog-head">
        <h2 id={title}>Your session has ended</h2>
        <button type="button" className="ls-icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <p>Sign in again to go on. You come back to this page, and what you typed is kept.</p>
      <div className="ls-buttons ls-end">
        <Button variant="primary" busy={leaving ? 'Going to the sign-in' : undefined} onClick={again}>
          Sign in again
        </Button>
      </div>
    </dialog>
  );
}
