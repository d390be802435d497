import SegmentedControl from '@cloudscape-design/components/segmented-control';
import type { ReactNode } from 'react';

export type State = 'live' | 'ended';

const STATES = [
  { id: 'live', text: 'Live' },
  { id: 'ended', text: 'Ended' },
];

/** Which shares the address asks to see. */
export function stateOf(params: URLSearchParams): State {
  return params.get('state') === 'ended' ? 'ended' : 'live';
}

/** Lets people choose between shares that live, and those that have ended. */
export function StateChoice({ state, onChange }: { state: State; onChange: (state: State) => void }): ReactNode {
  return (
    <div className="ls-filter-control">
      <SegmentedControl
        label="Which shares"
        options={STATES}
        selectedId={state}
        onChange={({ detail }) => {
          onChange(detail.selectedId === 'ended' ? 'ended' : 'live');
        }}
      />
    </div>
  );
}
