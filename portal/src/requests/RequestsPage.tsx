import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { usePerson } from '../app/services';
import { Empty } from '../shared/Empty';
import { GoButton } from '../shared/GoButton';
import { PageHeader } from '../shared/PageHeader';
import { RequestsList } from './RequestsList';
import { AuditorFilter, viewOf } from './views';

/** The signed-in person's requests; auditors also see those for an account, or of a status. */
export default function RequestsPage(): ReactNode {
  const { isAuditor } = usePerson();
  const [params, setParams] = useSearchParams();
  const view = viewOf(params, isAuditor);
  return (
    <>
      <PageHeader
        title="Requests"
        trail={[]}
        lede={view?.kind === 'mine' ? 'What you have asked for, newest first.' : 'Everybody’s requests, newest first.'}
      />
      {isAuditor && <AuditorFilter params={params} onChange={setParams} />}
      {view === null ? (
        <div className="ls-card">
          <Empty title="Which account?">Type the 12 digits of an account to see what was asked for it.</Empty>
        </div>
      ) : (
        <RequestsList
          key={JSON.stringify(view)}
          view={view}
          title={view.kind === 'mine' ? 'My requests' : 'Requests found'}
          empty={
            view.kind === 'mine' ? (
              <Empty
                title="You have not asked for anything yet"
                action={<GoButton href="/">Find data in the catalogue</GoButton>}
              >
                What you ask for appears here, with everything that becomes of it.
              </Empty>
            ) : (
              <Empty title="No request was found">There is none for this account, or with this status.</Empty>
            )
          }
        />
      )}
    </>
  );
}
