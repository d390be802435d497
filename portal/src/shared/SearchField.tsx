import { type ReactNode, useRef } from 'react';
import { Icon } from './Icon';

interface Props {
  value: string;
  label: string;
  disabled: boolean;
  /** How much was found; said while something is searched for. */
  found: string;
  onChange: (value: string) => void;
}

/** The field that narrows a list. */
export function SearchField({ value, label, disabled, found, onChange }: Props): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  return (
    <div className="ls-search">
      <div className="ls-search-field">
        <Icon name="search" />
        <input
          ref={field}
          type="search"
          autoComplete="off"
          aria-label={label}
          placeholder={label}
          disabled={disabled}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
        {value !== '' && (
          <button
            type="button"
            className="ls-icon-button"
            aria-label="Clear the search"
            onClick={() => {
              onChange('');
              field.current?.focus();
            }}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <span className="ls-quiet ls-small" aria-live="polite">
        {value === '' ? '' : found}
      </span>
    </div>
  );
}
