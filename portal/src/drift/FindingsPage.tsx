import type { ReactNode } from 'react';
import { Navigate } from 'react-router';
import { useMe, watches } from '../app/me';
import { PageHeader } from '../shared/PageHeader';
import { LOOKED_AT } from './wording';
import { FindingsList } from './FindingsList';

/** What drift found about an owner's data. Those who see all of it find it among what they audit. */
export default function FindingsPage(): ReactNode {
  if (watches(useMe())) return <Navigate to="/audit?show=drift" replace />;
  return (
    <>
      <PageHeader
        title="Drift"
        trail={[]}
        lede={`Where the lake differs from what Lakeshare has shared of your data. ${LOOKED_AT}`}
      />
      <FindingsList />
    </>
  );
}
