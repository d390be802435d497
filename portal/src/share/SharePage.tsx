import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Steps from '@cloudscape-design/components/steps';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useParams } from 'react-router';
import type { Me, OneShare } from '../api/types';
import { useMe, watches } from '../app/me';
import { usePerson, useServices } from '../app/services';
import { EndDialog, type Ending } from '../ending/EndDialog';
import { holdingDataOf, revoking } from '../ending/endings';
import { StepDetails } from '../request/Timeline';
import { stepOfShare } from '../request/timeline';
import { Facts } from '../shared/Facts';
import { GoButton } from '../shared/GoButton';
import { Names } from '../shared/Names';
import { PartCard } from '../shared/PartCard';
import { RestButton } from '../shared/RestButton';
import { leavesOut, partText } from '../shared/part';
import { PageHeader } from '../shared/PageHeader';
import { Problem } from '../shared/Problem';
import { Skeleton } from '../shared/Skeleton';
import { TextLink } from '../shared/TextLink';
import { counted, moment, nameOf, ownerText } from '../shared/format';
import { againPath, askPath, renewSharePath, requestPath, sourcePath } from '../shared/paths';
import { GiveBack } from './GiveBack';
import { approverText, requesterText } from './columns';
import { isMoving } from './delivery';
import { HowToRead } from './HowToRead';
import { AFTERWARDS, hasEnded, lifeOf } from './life';

const POLL_MS = 3000;

/** One share: what is in it, until when, what happened to it, and what can be done with it. */
export default function SharePage(): ReactNode {
  const { id = '' } = useParams();
  const { api } = useServices();
  const { label } = usePerson();
  const me = useMe();
  const query = useQuery({
    queryKey: ['share', id],
    queryFn: ({ signal }) => api.share(id, signal),
    staleTime: 1000,
    refetchInterval: ({ state }) =>
      state.data !== undefined && (['GRANTING', 'REVOKING'].includes(state.data.status) || isMoving(state.data))
        ? POLL_MS
        : false,
  });
  const share = query.data;
  return (
    <>
      <PageHeader title={share ? `Share of ${nameOf(share.source)}` : 'Share'} trail={[listOf(share, me, label)]} />
      {query.error && (
        <Problem
          error={query.error}
          header={share ? 'This may be out of date' : 'The share cannot be shown'}
          onRetry={() => void query.refetch()}
          texts={{ 'not-found': 'There is no such share, or it is somebody else’s.' }}
        />
      )}
      {share ? <Shown share={share} /> : !query.error && <Skeleton height="20rem" />}
    </>
  );
}

/** The list in which the person has it. */
function listOf(share: OneShare | undefined, me: Me | undefined, label: string): { text: string; href: string } {
  if (share !== undefined && me !== undefined && !hasIt(share, me, label)) {
    if (answersFor(share, me)) return { text: 'Our data', href: '/our-data' };
    if (watches(me)) return { text: 'Audit', href: '/audit' };
  }
  return { text: 'My shares', href: '/shares' };
}

function Shown({ share }: { share: OneShare }): ReactNode {
  const { label } = usePerson();
  const me = useMe();
  const { type, header, text } = lifeOf(share);
  return (
    <>
      <section className="ls-card" aria-labelledby="access">
        <h2 id="access">Access</h2>
        <Alert type={type} header={header}>
          {text}
        </Alert>
        {share.note !== null && <blockquote className="ls-quote ls-break">{share.note}</blockquote>}
        {hasEnded(share) && <p className="ls-quiet">{AFTERWARDS}</p>}
        <Actions share={share} />
      </section>
      <HowToRead share={share} has={me !== undefined && hasIt(share, me, label)} />
      <Facts
        tall
        facts={[
          {
            label: 'Data',
            value: share.source && <TextLink href={sourcePath(share.source)}>{nameOf(share.source)}</TextLink>,
          },
          { label: 'For account', value: share.account_id },
          { label: 'Owner', value: share.owner && ownerText(share.owner) },
          { label: 'Asked by', value: <span className="ls-break">{requesterText(share)}</span> },
          { label: 'Approved by', value: <span className="ls-break">{approverText(share)}</span> },
          { label: 'Since', value: moment(share.active_at ?? share.since) },
          { label: 'Purpose', value: share.purpose && <span className="ls-said">{share.purpose}</span>, wide: true },
        ]}
      />
      <Tables share={share} />
      <PartOf share={share} />
      <section className="ls-card" aria-labelledby="timeline">
        <h2 id="timeline">What happened</h2>
        <Steps
          ariaLabelledby="timeline"
          steps={share.history.map((entry) => {
            const step = stepOfShare(entry);
            return {
              status: step.status,
              header: <span className="ls-step-title">{step.title}</span>,
              details: <StepDetails step={step} />,
            };
          })}
        />
      </section>
    </>
  );
}

/** What can be done with a share, by who the person is. The API decides in any case. */
function Actions({ share }: { share: OneShare }): ReactNode {
  const { api } = useServices();
  const { label } = usePerson();
  const me = useMe();
  const queries = useQueryClient();
  const [ending, setEnding] = useState<Ending | null>(null);
  const [givingBack, setGivingBack] = useState(false);
  if (me === undefined || share.source === null) return null;
  const isConsumer = hasIt(share, me, label);
  const isOwner = me.operator || answersFor(share, me);
  const active = share.status === 'ACTIVE';
  return (
    <div className="ls-buttons">
      {isConsumer && active && share.until !== null && <GoButton href={renewSharePath(share.id)}>Renew</GoButton>}
      {isConsumer && active && (
        <Button
          onClick={() => {
            setGivingBack(true);
          }}
        >
          Give back
        </Button>
      )}
      {isConsumer && hasEnded(share) && (
        <GoButton
          variant="normal"
          href={
            share.delivery == null
              ? askPath(share.source.database, share.source.table)
              : againPath(share.source, share.id)
          }
        >
          Ask again
        </GoButton>
      )}
      {isOwner && (active || share.status === 'GRANTING') && (
        <>
          <Button
            onClick={() => {
              setEnding(revoking(api, share));
            }}
          >
            Revoke
          </Button>
          <Button
            onClick={() => {
              setEnding(holdingDataOf(api, share));
            }}
          >
            Hold the data
          </Button>
        </>
      )}
      {seesRequest(share, me, label) && <TextLink href={requestPath(share.request_id)}>The request</TextLink>}
      {ending !== null && (
        <EndDialog
          ending={ending}
          onClose={() => {
            setEnding(null);
          }}
        />
      )}
      {givingBack && active && (
        <GiveBack
          share={share}
          source={share.source}
          account={share.account_id}
          onGiven={() => void queries.invalidateQueries({ queryKey: ['share', share.id] })}
          onClose={() => {
            setGivingBack(false);
          }}
        />
      )}
    </div>
  );
}

/** Whether the person asked for it, or is bound to its account. Of two people with one address the API knows better. */
function hasIt(share: OneShare, me: Me, label: string): boolean {
  const asked = share.requester !== null && share.requester.email === (me.email ?? label);
  return asked || (me.accounts ?? []).includes(share.account_id);
}

function seesRequest(share: OneShare, me: Me, label: string): boolean {
  const asked = share.requester !== null && share.requester.email === (me.email ?? label);
  return asked || watches(me) || answersFor(share, me);
}

function answersFor(share: OneShare, me: Me): boolean {
  return me.owner_of.some(({ account_id: each }) => each === share.owner?.account_id);
}

/** The columns and rows of a share of a part of a table. */
function PartOf({ share }: { share: OneShare }): ReactNode {
  const { label } = usePerson();
  const me = useMe();
  const { in_brief: brief, source } = share;
  if (brief === undefined || source?.table === '*') return null;
  const asks = me !== undefined && source !== null && hasIt(share, me, label) && leavesOut(brief);
  return (
    <PartCard
      title="What is in it"
      brief={brief}
      extent={share.extent}
      effective={share.effective}
      {...(asks && { action: <RestButton source={source} id={share.id} /> })}
    />
  );
}

/** The tables of a share of a whole database. */
function Tables({ share }: { share: OneShare }): ReactNode {
  if (share.source?.table !== '*') return null;
  return (
    <section className="ls-card" aria-labelledby="tables">
      <h2 id="tables">What is in it</h2>
      {share.scope === 'wildcard' ? (
        <p>All tables of the database, those added later too.</p>
      ) : (
        <>
          <p>
            {share.in_brief !== undefined && `${partText(share.in_brief)}, without personal data, of `}
            {counted(share.names_total, 'table')} of <code>{share.source.database}</code>. What is added later is not
            covered.
          </p>
          <ExpandableSection headerText={counted(share.names_total, 'table')}>
            <Names names={share.names} total={share.names_total} />
          </ExpandableSection>
        </>
      )}
    </section>
  );
}
