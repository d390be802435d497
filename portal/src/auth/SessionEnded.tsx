import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { useServices } from '../app/services';
import { signIn } from './redirect';

/** The dialog that opens when the session has ended. */
export function SessionEnded(): ReactNode {
  const { session, manager } = useServices();
  const ended = useSyncExternalStore(session.subscribe, session.hasEnded);
  const [dismissed, setDismissed] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const again = () => {
    setLeaving(true);
    signIn(manager).catch(() => {
      setLeaving(false);
    });
  };
  if (!ended) return null;
  return (
    <Modal
      visible={!dismissed}
      header="Your session has ended"
      closeAriaLabel="Close"
      onDismiss={() => {
        setDismissed(true);
      }}
      footer={
        <Box float="right">
          <Button variant="primary" loading={leaving} onClick={again}>
            Sign in again
          </Button>
        </Box>
      }
    >
      Sign in again to go on. You come back to this page, and what you typed is kept.
    </Modal>
  );
}
