import Alert from '@cloudscape-design/components/alert';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import type { Detail } from '../api/types';
import { usePerson, useServices } from '../app/services';
import { GoButton } from '../shared/GoButton';
import { PageHeader } from '../shared/PageHeader';
import { Problem } from '../shared/Problem';
import { Skeleton } from '../shared/Skeleton';
import { endOf, nameOf } from '../shared/format';
import { askPath, requestPath } from '../shared/paths';
import { AskForm } from './AskForm';
import { renewalOf } from './renewal';

/** The form with which access that a request was given is asked for longer. */
export default function RenewPage(): ReactNode {
  const { id = '' } = useParams();
  const { api } = useServices();
  const { sub } = usePerson();
  const query = useQuery({
    queryKey: ['request', id],
    queryFn: ({ signal }) => api.get(id, signal),
    staleTime: 1000,
  });
  const request = query.data;
  const renewal = request ? renewalOf(request) : null;
  const name = request ? nameOf(request.source) : '';
  return (
    <>
      <PageHeader
        title={`Renew ${name || 'access'}`}
        trail={[
          { text: 'Requests', href: '/requests' },
          { text: name === '' ? 'Request' : `Request for ${name}`, href: requestPath(id) },
        ]}
        {...(renewal && { lede: `Renews access that lasts until ${endOf(renewal.until)}.` })}
      />
      {query.error && (
        <Problem
          error={query.error}
          header={request ? 'This may be out of date' : 'The request cannot be shown'}
          onRetry={() => void query.refetch()}
          texts={{ 'not-found': 'There is no such request, or it is somebody else’s.' }}
        />
      )}
      {renewal && <AskForm key={JSON.stringify([sub, renewal.share])} source={renewal.source} renewal={renewal} />}
      {request && !renewal && <NothingToRenew request={request} />}
      {!request && !query.error && <Skeleton height="20rem" />}
    </>
  );
}

function NothingToRenew({ request: { id, source } }: { request: Detail }): ReactNode {
  return (
    <Alert
      type="info"
      header="There is nothing to renew"
      action={
        <GoButton variant="normal" href={source === null ? requestPath(id) : askPath(source.database, source.table)}>
          {source === null ? 'Back to the request' : 'Ask for it'}
        </GoButton>
      }
    >
      Only access that lasts and has an end can be renewed, and only by whoever asked for it.
    </Alert>
  );
}
