import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import type { SharesView } from '../api/types';
import { useMe } from '../app/me';
import { Empty } from '../shared/Empty';
import { GoButton } from '../shared/GoButton';
import { PageHeader } from '../shared/PageHeader';
import { SharesTable } from '../share/SharesTable';
import { StateChoice, stateOf } from '../share/StateChoice';

const MINE = { value: '', label: 'What I asked for' };

/** What the person asked for, and what the accounts have that they are bound to: until when, and what came of it. */
export default function MySharesPage(): ReactNode {
  const me = useMe();
  const [params, setParams] = useSearchParams();
  const accounts = me?.accounts ?? [];
  const account = accounts.find((each) => each === params.get('account')) ?? null;
  const state = stateOf(params);
  const view: SharesView = account === null ? { view: 'mine', state } : { view: 'account', account_id: account, state };
  const change = (name: string, value: string) => {
    setParams(
      (before) => {
        if (value === '') before.delete(name);
        else before.set(name, value);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  };
  const options = [MINE, ...accounts.map((value) => ({ value, label: `Account ${value}` }))];
  return (
    <>
      <PageHeader
        title="My shares"
        trail={[]}
        lede="What was shared, until when, and what is in it. Open one to renew it, to give it back or to ask again."
      />
      <div className="ls-filter">
        {accounts.length > 0 && (
          <FormField label="Whose shares">
            <div className="ls-select">
              <Select
                options={options}
                selectedOption={options.find(({ value }) => value === (account ?? '')) ?? MINE}
                onChange={({ detail }) => {
                  change('account', detail.selectedOption.value ?? '');
                }}
              />
            </div>
          </FormField>
        )}
        <StateChoice
          state={state}
          onChange={(next) => {
            change('state', next === 'live' ? '' : next);
          }}
        />
      </div>
      <SharesTable
        key={JSON.stringify(view)}
        title={state === 'live' ? 'Live shares' : 'Ended shares'}
        view={view}
        shown={account === null ? ['account', 'owner'] : ['owner', 'requester']}
        empty={
          state === 'live' ? (
            <Empty title="Nothing is shared" action={<GoButton href="/">Find data in the catalogue</GoButton>}>
              What was granted to your requests stands here as long as it lasts.
            </Empty>
          ) : (
            <Empty title="Nothing has ended" />
          )
        }
      />
    </>
  );
}
