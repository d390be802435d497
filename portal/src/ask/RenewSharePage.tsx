import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { usePerson, useServices } from '../app/services';
import { PageHeader } from '../shared/PageHeader';
import { Problem } from '../shared/Problem';
import { Skeleton } from '../shared/Skeleton';
import { endOf, nameOf } from '../shared/format';
import { sharePath } from '../shared/paths';
import { AskForm } from './AskForm';
import { renewalOfShare } from './renewal';

/** The form with which access that an account has is asked for longer, by anybody who may. */
export default function RenewSharePage(): ReactNode {
  const { id = '' } = useParams();
  const { api } = useServices();
  const { sub } = usePerson();
  const query = useQuery({
    queryKey: ['share', id],
    queryFn: ({ signal }) => api.share(id, signal),
    staleTime: 1000,
  });
  const share = query.data;
  const renewal = share ? renewalOfShare(share) : null;
  const name = share ? nameOf(share.source) : '';
  return (
    <>
      <PageHeader
        title={`Renew ${name || 'access'}`}
        trail={[
          { text: 'My shares', href: '/shares' },
          { text: name === '' ? 'Share' : `Share of ${name}`, href: sharePath(id) },
        ]}
        {...(renewal && { lede: `Renews access that lasts until ${endOf(renewal.until)}.` })}
      />
      {query.error && (
        <Problem
          error={query.error}
          header={share ? 'This may be out of date' : 'The share cannot be shown'}
          onRetry={() => void query.refetch()}
          texts={{ 'not-found': 'There is no such share, or it is somebody else’s.' }}
        />
      )}
      {renewal && <AskForm key={JSON.stringify([sub, renewal.share])} source={renewal.source} renewal={renewal} />}
      {share && !renewal && (
        <Alert type="info" header="There is nothing to renew">
          Only access that lasts and has an end can be renewed.
        </Alert>
      )}
      {!share && !query.error && <Skeleton height="20rem" />}
    </>
  );
}
