import type { ReactNode } from 'react';
import type { Extent, PartInBrief, Preview, Source } from '../api/types';
import { Problem } from '../shared/Problem';
import { GroundsList } from '../shared/GroundsList';
import { ExtentDetails } from '../shared/PartCard';
import { SafeTables } from '../shared/SafeTables';
import { Together } from '../shared/Together';
import { partText } from '../shared/part';
import { endOf, nameOf } from '../shared/format';
import { requestPath } from '../shared/paths';
import { TextLink } from '../shared/TextLink';
import type { Renewal } from './renewal';
import { alreadyText, grantsOf, headline } from './wording';
import type { PreviewState } from './usePreview';
import { Skeleton } from '../shared/Skeleton';

interface Asked {
  source: Source;
  renewal: Renewal | null;
  /** What has to be chosen before anything can be said; empty: nothing, or the account. */
  missing: string;
}

const LOOKS = { grant: 'ls-good', needs_approval: 'ls-approval', shared: 'ls-good', refused: 'ls-no' } as const;

/** Says before anything is sent what will become of it. */
export function PreviewPanel({ state, ...asked }: { state: PreviewState } & Asked): ReactNode {
  const look = state.kind === 'ready' ? LOOKS[state.preview.outcome] : '';
  return (
    <section className={`ls-card ls-preview ${look}`} aria-labelledby="what-will-happen">
      <h2 id="what-will-happen">What will happen</h2>
      <div aria-live="polite" aria-busy={state.kind === 'loading'}>
        <Body state={state} {...asked} />
      </div>
    </section>
  );
}

function Body({ state, ...asked }: { state: PreviewState } & Asked): ReactNode {
  switch (state.kind) {
    case 'idle':
      return (
        <p className="ls-quiet">
          {asked.missing || 'Type the account id'}
          {asked.missing ? ' Then you' : ', and you'} will see it here before anything is sent.
        </p>
      );
    case 'loading':
      return (
        <>
          <span className="ls-hidden">Looking into the catalogue</span>
          <Skeleton height="1.2em" width="70%" />
          <p>
            <Skeleton width="90%" />
          </p>
          <Skeleton width="55%" />
        </>
      );
    case 'failed':
      return <Problem error={state.error} header="This cannot be said just now" onRetry={state.retry} />;
    case 'ready':
      return (
        <div className={state.stale ? 'ls-stale' : ''}>
          <Outcome preview={state.preview} {...asked} />
        </div>
      );
  }
}

function Outcome({ preview, source, renewal }: { preview: Preview } & Omit<Asked, 'missing'>): ReactNode {
  const { outcome, scope, grounds, grounds_total: total, tables_total: tables, warnings, message, already } = preview;
  const origin = already?.request_id ?? null;
  return (
    <>
      <p className="ls-outcome">{headline(preview, renewal !== null)}</p>
      <p>{explanation(preview, source, renewal)}</p>
      {outcome === 'refused' && <p>{message}</p>}
      {outcome === 'needs_approval' && total > 1 && <GroundsList grounds={grounds} total={total} />}
      {origin !== null && (
        <p>
          <TextLink href={requestPath(origin)}>See the request that it came of</TextLink>
        </p>
      )}
      {(outcome === 'grant' || outcome === 'needs_approval') && scope !== null && (
        <>
          <h3>
            {outcome === 'needs_approval'
              ? 'If it is approved, the account gets'
              : `The account ${renewal ? 'keeps' : 'gets'}`}
          </h3>
          <ul className="ls-list">
            {grantsOf(scope, tables).map((line) => (
              <li key={line}>{line}</li>
            ))}
            {preview.extent !== undefined && <li>{partText(briefOf(preview, preview.extent))}.</li>}
            {preview.term !== null && <li>Access {preview.term.text}.</li>}
          </ul>
          {preview.extent !== undefined && <ExtentDetails extent={preview.extent} />}
          <SafeTables safe={preview.safe_tables} />
          <Together effective={preview.effective} />
        </>
      )}
      {warnings.length > 0 && (
        <>
          <h3>Please note</h3>
          <ul className="ls-list">
            {warnings.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function briefOf({ columns_total: total }: Preview, { columns }: Extent): PartInBrief {
  return { scope: null, filter: null, columns: [], columns_in: columns.length, columns_total: total };
}

function explanation(preview: Preview, source: Source, renewal: Renewal | null): string {
  switch (preview.outcome) {
    case 'grant':
      return preview.extent === undefined
        ? `Nothing in ${nameOf(source)} is personal data, so nobody has to approve it.`
        : `Nothing that you ask for of ${nameOf(source)} is personal data, so nobody has to approve it.`;
    case 'needs_approval':
      return `The owner gets a mail, decides, and can write a comment. Your purpose helps them.${stays(renewal)}`;
    case 'shared':
      return alreadyText(preview.already);
    case 'refused':
      return '';
  }
}

/** What comes of the access that there is if the owner does not agree. */
function stays(renewal: Renewal | null): string {
  return renewal === null ? '' : ` Unless they approve, the access stays as it is, until ${endOf(renewal.until)}.`;
}
