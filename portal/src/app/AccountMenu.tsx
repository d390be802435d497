import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import type { ReactNode } from 'react';
import { signOut } from '../auth/redirect';
import { type Choice, useMode } from './mode';
import { usePerson, useServices } from './services';

const MODES: readonly (readonly [Choice, string])[] = [
  ['system', 'As the system has it'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** Who is signed in, light or dark, and the way out. */
export function AccountMenu(): ReactNode {
  const { manager, session, config } = useServices();
  const person = usePerson();
  const [mode, choose] = useMode();
  return (
    <div className="ls-account">
      <span className="ls-quiet ls-small ls-who" aria-hidden="true">
        {person.label}
      </span>
      <ButtonDropdown
        variant="icon"
        ariaLabel={`Account of ${person.label}`}
        expandToViewport
        items={[
          {
            text: person.label,
            items: [
              ...MODES.map(([id, text]) => ({
                id,
                text,
                itemType: 'checkbox' as const,
                checked: mode === id,
              })),
            ],
          },
          { id: 'out', text: 'Sign out' },
        ]}
        onItemClick={({ detail }) => {
          if (detail.id === 'out') void signOut(manager, session, config);
          else choose(detail.id as Choice);
        }}
      />
    </div>
  );
}
