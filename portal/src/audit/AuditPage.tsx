import SegmentedControl from '@cloudscape-design/components/segmented-control';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { useMe, watches } from '../app/me';
import { useServices } from '../app/services';
import { FindingsList } from '../drift/FindingsList';
import { openText, useFindings } from '../drift/useFindings';
import { LOOKED_AT } from '../drift/wording';
import { Holds } from '../ending/Holds';
import { Empty } from '../shared/Empty';
import { PageHeader } from '../shared/PageHeader';
import { SharesTable } from '../share/SharesTable';
import { Changes } from './Changes';
import { Filter, narrowedBy } from './Filter';
import { SaveChanges, SaveFindings, SaveShares } from './Save';

const SHOWN = [
  { id: 'shares', text: 'Who has what' },
  { id: 'changes', text: 'What changed' },
  { id: 'holds', text: 'What is held' },
];
const DRIFT = { id: 'drift', text: 'Drift' };
const DAYS = 30;
const LEDE = 'Everybody’s access: who has what today, what changed, what is held';

/** For auditors and operators: who has what today, what changed, what is held, where the lake differs from it. */
export default function AuditPage(): ReactNode {
  const me = useMe();
  const { config } = useServices();
  const [params, setParams] = useSearchParams();
  const found = useFindings(config.drift === true && watches(me)).data;
  const drift = found === undefined ? DRIFT : { ...DRIFT, text: `${DRIFT.text} (${openText(found)})` };
  const parts = config.drift === true ? [...SHOWN, drift] : SHOWN;
  const shown = parts.find(({ id }) => id === params.get('show'))?.id ?? 'shares';
  const only = narrowedBy(params);
  const key = JSON.stringify(only);
  return (
    <>
      <PageHeader
        title="Audit"
        trail={[]}
        lede={config.drift === true ? `${LEDE}, and what nobody asked for.` : `${LEDE}.`}
      />
      {me !== undefined && !watches(me) ? (
        <div className="ls-card">
          <Empty title="This is for auditors and operators">The platform team knows who they are.</Empty>
        </div>
      ) : (
        <>
          <div className="ls-filter">
            <SegmentedControl
              label="What to look at"
              options={parts}
              selectedId={shown}
              onChange={({ detail }) => {
                setParams(
                  (before) => {
                    before.set('show', detail.selectedId);
                    return before;
                  },
                  { replace: true, preventScrollReset: true },
                );
              }}
            />
          </div>
          {(shown === 'shares' || shown === 'changes') && <Filter params={params} onChange={setParams} />}
          {shown === 'shares' && (
            <>
              <SharesTable
                key={key}
                title="Live shares"
                view={{ view: 'all', ...only }}
                shown={['account', 'owner', 'requester', 'approver']}
                empty={<Empty title="Nothing is shared" />}
              />
              <SaveShares only={only} />
            </>
          )}
          {shown === 'changes' && (
            <>
              <Changes key={key} days={DAYS} only={only} />
              <SaveChanges days={DAYS} only={only} />
            </>
          )}
          {shown === 'holds' && <Holds owner={null} mayLift={me?.operator === true} />}
          {shown === 'drift' && (
            <>
              <p className="ls-quiet">Where the lake differs from what Lakeshare has shared. {LOOKED_AT}</p>
              <FindingsList />
              <SaveFindings />
            </>
          )}
        </>
      )}
    </>
  );
}
