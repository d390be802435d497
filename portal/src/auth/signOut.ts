import { DRAFT_PREFIX } from '../ask/draft';
import type { PortalConfig } from '../app/config';
import { clearStored } from '../shared/storage';
import { logoutAddress } from './addresses';
import type { Session } from './session';

/** Stop the page's work, forget tokens and drafts, and leave the sign-in's own session, too. */
export async function signOut(session: Session, config: PortalConfig): Promise<void> {
  await session.signOut();
  clearStored(sessionStorage, DRAFT_PREFIX);
  location.assign(logoutAddress(config));
}

/** Somebody else is signed in now, or nobody: nothing that was typed or read here is theirs. */
export function startAnew(): void {
  clearStored(sessionStorage, DRAFT_PREFIX);
  location.reload();
}
