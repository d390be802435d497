import type { ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';
import { owns, useMe } from '../app/me';
import CataloguePage from './CataloguePage';

/** The first page. Straight after the sign-in an auditor comes to everything there is, an owner to what waits for them. */
export default function Home(): ReactNode {
  const { state } = useLocation() as { state: { signedIn?: boolean } | null };
  const me = useMe();
  if (state?.signedIn === true && me !== undefined) {
    if (me.auditor) return <Navigate to="/audit" replace />;
    if (owns(me)) return <Navigate to="/decisions" replace />;
  }
  return <CataloguePage />;
}
