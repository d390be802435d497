import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { Me } from '../api/types';
import { useMe } from '../app/me';
import { Holds } from '../ending/Holds';
import { RequestsList } from '../requests/RequestsList';
import { Empty } from '../shared/Empty';
import { PageHeader } from '../shared/PageHeader';
import { Skeleton } from '../shared/Skeleton';
import { SharesTable } from '../share/SharesTable';
import { StateChoice, type State, stateOf } from '../share/StateChoice';
import type { Shown } from '../share/columns';

type Owned = Me['owner_of'][number];

const SHOWN: readonly Shown[] = ['account', 'requester', 'approver'];

/** For approvers: what is live of their data, for whom and by whose decision, what is held, what they decided. */
export default function OurDataPage(): ReactNode {
  const me = useMe();
  const [params, setParams] = useSearchParams();
  const owners = me?.owner_of ?? [];
  const owner = owners.find(({ account_id: each }) => each === params.get('owner')) ?? owners[0];
  return (
    <>
      <PageHeader
        title="Our data"
        trail={[]}
        lede="Who can read the data that you answer for, until when, and by whose decision; what has ended, and how. Open a share to revoke it."
      />
      {owners.length > 1 && owner && (
        <div className="ls-filter">
          <FormField label="Whose data">
            <div className="ls-select">
              <Select
                options={owners.map(optionOf)}
                selectedOption={optionOf(owner)}
                onChange={({ detail }) => {
                  setParams({ owner: detail.selectedOption.value ?? '' }, { replace: true, preventScrollReset: true });
                }}
              />
            </div>
          </FormField>
        </div>
      )}
      {me === undefined && <Skeleton height="20rem" />}
      {me !== undefined && owner === undefined && (
        <div className="ls-card">
          <Empty title="You answer for no data">
            This page is for the approvers of a producer: those who get its mails, or are in its group of approvers.
          </Empty>
        </div>
      )}
      {owner && (
        <Of
          key={owner.account_id}
          owner={owner}
          state={stateOf(params)}
          onState={(state) => {
            setParams(
              { owner: owner.account_id, ...(state === 'ended' && { state }) },
              { replace: true, preventScrollReset: true },
            );
          }}
        />
      )}
    </>
  );
}

interface Props {
  owner: Owned;
  state: State;
  onState: (state: State) => void;
}

function Of({ owner, state, onState }: Props): ReactNode {
  const { account_id: account } = owner;
  return (
    <>
      <div className="ls-filter">
        <StateChoice state={state} onChange={onState} />
      </div>
      {state === 'live' ? (
        <SharesTable
          key="live"
          title="Live shares of our data"
          view={{ view: 'owner', owner: account }}
          shown={SHOWN}
          empty={<Empty title="Nothing is shared">No account can read any of it because of Lakeshare.</Empty>}
        />
      ) : (
        <SharesTable
          key="ended"
          title="Ended shares of our data"
          description="What ended in the last 90 days, the latest first."
          view={{ view: 'owner', owner: account, state }}
          shown={SHOWN}
          empty={<Empty title="Nothing has ended">No share of it ended in the last 90 days.</Empty>}
        />
      )}
      <Holds
        owner={account}
        mayLift
        offered={[{ consumer: null, owner: account, source: null, text: `all data of account ${account}` }]}
      />
      <RequestsList
        view={{ kind: 'owner', owner: account }}
        title="What was asked of us, and what came of it"
        empty={<Empty title="Nobody has asked for any of it" />}
      />
    </>
  );
}

function optionOf({ account_id: value, name }: Owned): { value: string; label: string } {
  return { value, label: name === null ? `Account ${value}` : `${name} (${value})` };
}
