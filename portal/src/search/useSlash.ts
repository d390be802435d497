import { type RefObject, useEffect } from 'react';
import { Preference, usePreference } from '../shared/preference';

const SLASH = new Preference('lakeshare.slash');
const OFF = 'off';

/** Whether `/` leads to the search, and the switch: who speaks to the page, or types past keys, types it by accident. */
export function useSlashKey(): [boolean, (on: boolean) => void] {
  return [usePreference(SLASH) !== OFF, turn];
}

function turn(on: boolean): void {
  SLASH.write(on ? null : OFF);
}

/** Lets `/` lead to a field from anywhere on the page, save where one types or a dialog is open; says if it does. */
export function useSlash(field: RefObject<HTMLInputElement | null>): boolean {
  const [on] = useSlashKey();
  useEffect(() => {
    if (!on) return undefined;
    const listen = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTypedInto(event.target) || document.querySelector('[role="dialog"]:not([hidden])') !== null) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    document.addEventListener('keydown', listen);
    return () => {
      document.removeEventListener('keydown', listen);
    };
  }, [field, on]);
  return on;
}

function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}
