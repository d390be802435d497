import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Held } from '../api/types';
import { useServices } from '../app/services';
import { Problem } from '../shared/Problem';
import { Skeleton } from '../shared/Skeleton';
import { moment } from '../shared/format';
import { EndDialog, type Ending } from './EndDialog';
import { holding, lifting } from './endings';

interface Props {
  /** Whose data; `null`: all that is held. */
  owner: string | null;
  /** Whether the person may lift them. */
  mayLift: boolean;
  /** What can be held from here. */
  offered?: readonly Held[];
}

/** What nobody is granted until somebody lifts it. */
export function Holds({ owner, mayLift, offered = [] }: Props): ReactNode {
  const { api } = useServices();
  const [ending, setEnding] = useState<Ending | null>(null);
  const query = useQuery({
    queryKey: ['holds', owner],
    queryFn: ({ signal }) => api.holds(owner, signal),
    staleTime: 2000,
  });
  const holds = query.data;
  return (
    <section className="ls-card" aria-labelledby="holds">
      <h2 id="holds">Holds</h2>
      {query.error && (
        <Problem error={query.error} header="The holds cannot be shown" onRetry={() => void query.refetch()} />
      )}
      {holds === undefined && !query.error && <Skeleton height="3rem" />}
      {holds?.length === 0 && <p className="ls-quiet">Nothing is held.</p>}
      {holds !== undefined && holds.length > 0 && (
        <ul className="ls-list">
          {holds.map((each) => (
            <li key={each.text}>
              <span className="ls-stack">
                <span className="ls-strong ls-break">{upper(each.text)}</span>
                <span className="ls-quiet ls-small ls-break">
                  {[each.since && `Since ${moment(each.since)}`, `by ${each.by ?? 'an operator'}`, each.reason]
                    .filter(Boolean)
                    .join(', ')}
                </span>
                {mayLift && (
                  <span>
                    <Button
                      variant="inline-link"
                      ariaLabel={`Lift the hold on ${each.text}`}
                      onClick={() => {
                        setEnding(lifting(api, each));
                      }}
                    >
                      Lift it
                    </Button>
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {offered.length > 0 && (
        <div className="ls-buttons">
          {offered.map((on) => (
            <Button
              key={on.text}
              onClick={() => {
                setEnding(holding(api, on));
              }}
            >
              Hold {on.text}
            </Button>
          ))}
        </div>
      )}
      {ending !== null && (
        <EndDialog
          ending={ending}
          onClose={() => {
            setEnding(null);
          }}
        />
      )}
    </section>
  );
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
