import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { signOut } from '../auth/signOut';
import { useSlashKey } from '../search/useSlash';
import { Icon } from '../shared/Icon';
import { type Choice, useMode } from './mode';
import { usePerson, useServices } from './services';

const MODES: readonly (readonly [Choice, string])[] = [
  ['system', 'As the system has it'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

/** Who is signed in, light or dark, whether `/` searches, and the way out. */
export function AccountMenu(): ReactNode {
  const person = usePerson();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    // Nobody interacts with the box itself: it only hears that the focus leaves it.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="ls-account"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      <span className="ls-quiet ls-small ls-who" aria-hidden="true">
        {person.label}
      </span>
      <button
        ref={button}
        type="button"
        className="ls-icon-button"
        aria-label={`Account of ${person.label}`}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <Icon name="menu" />
      </button>
      {open && <Menu label={person.label} onClose={close} />}
    </div>
  );
}

function Menu({ label, onClose }: { label: string; onClose: () => void }): ReactNode {
  const { session, config } = useServices();
  const [mode, choose] = useMode();
  const [slash, turnSlash] = useSlashKey();
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    menu.current?.querySelector('button')?.focus();
  }, []);
  return (
    <div
      ref={menu}
      role="menu"
      tabIndex={-1}
      aria-label={label}
      className="ls-menu"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        move(event);
      }}
    >
      <div className="ls-menu-title" aria-hidden="true">
        {label}
      </div>
      {MODES.map(([id, text]) => (
        <button
          key={id}
          type="button"
          role="menuitemcheckbox"
          tabIndex={-1}
          aria-checked={mode === id}
          onClick={() => {
            choose(id);
            onClose();
          }}
        >
          {mode === id && <Icon name="check" />}
          {text}
        </button>
      ))}
      <hr />
      <button
        type="button"
        role="menuitemcheckbox"
        tabIndex={-1}
        aria-checked={slash}
        onClick={() => {
          turnSlash(!slash);
          onClose();
        }}
      >
        {slash && <Icon name="check" />}
        The key / leads to the search
      </button>
      <hr />
      <button type="button" role="menuitem" tabIndex={-1} onClick={() => void signOut(session, config)}>
        Sign out
      </button>
    </div>
  );
}

/** The keys of a menu, as WAI-ARIA has them. */
function move(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  const wanted = to[event.key];
  if (wanted === undefined) return;
  event.preventDefault();
  items.at(wanted % items.length)?.focus();
}
