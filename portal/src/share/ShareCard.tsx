import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Detail, Share } from '../api/types';
import { moment } from '../shared/format';
import { renewalOf } from '../ask/renewal';
import { GoButton } from '../shared/GoButton';
import { TextLink } from '../shared/TextLink';
import { renewPath, requestPath } from '../shared/paths';
import { GiveBack } from './GiveBack';
import { AFTERWARDS, hasEnded, lifeOf } from './life';

/** What came of a request, as it goes on: until when it lives, and how it ended. */
export function ShareCard({ request, share }: { request: Detail; share: Share }): ReactNode {
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const ended = hasEnded(share);
  const before = useRef(ended);
  useEffect(() => {
    // The button that led here is gone: who gave it back by keyboard goes on from what it came to.
    if (ended && !before.current) heading.current?.focus();
    before.current = ended;
  }, [ended]);
  const { type, header, text } = lifeOf(share);
  return (
    <section className="ls-card" aria-labelledby="share">
      <h2 id="share" ref={heading} tabIndex={-1}>
        Access
      </h2>
      <Alert type={type} header={header}>
        {text}
      </Alert>
      <ul className="ls-list">
        <li>Since {moment(share.since)}.</li>
        <li className="ls-break">
          {share.approver === null ? 'Nobody had to approve it.' : `Approved by ${share.approver}.`}
        </li>
        {share.renewed_by !== null && (
          <li>
            {share.reason === 'Replaced' ? 'Replaced by' : 'Renewed by'}{' '}
            <TextLink href={requestPath(share.renewed_by)}>a later request</TextLink>.
          </li>
        )}
        {share.ended_by !== null && <li className="ls-break">Ended by {share.ended_by}.</li>}
      </ul>
      {share.note !== null && <blockquote className="ls-quote ls-break">{share.note}</blockquote>}
      {ended && <p className="ls-quiet">{AFTERWARDS}</p>}
      {share.status === 'ACTIVE' && request.mine && (
        <div className="ls-buttons">
          {renewalOf(request) !== null && (
            <GoButton variant={type === 'warning' ? 'primary' : 'normal'} href={renewPath(request.id)}>
              Renew
            </GoButton>
          )}
          <Button
            onClick={() => {
              setAsking(true);
            }}
          >
            Give back
          </Button>
        </div>
      )}
      {asking && share.status === 'ACTIVE' && (
        <GiveBack
          share={share}
          source={request.source}
          account={request.target?.account_id ?? ''}
          onGiven={(after) => {
            queries.setQueryData(['request', request.id], { ...request, share: after });
          }}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </section>
  );
}
