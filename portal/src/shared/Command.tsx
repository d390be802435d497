import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { ReactNode } from 'react';

/** A text to be copied: a command, an ARN, a JSON document. `label`: what it is, for who cannot see it. */
export function Command({ text, label }: { text: string; label: string }): ReactNode {
  return (
    <div className="ls-command">
      {/* It may be wider than the page: the keyboard must be able to scroll it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} role="group" aria-label={label}>
        {text}
      </pre>
      <div className="ls-copy">
        <CopyToClipboard
          variant="icon"
          textToCopy={text}
          copyButtonAriaLabel={`Copy: ${label}`}
          copySuccessText="Copied"
          copyErrorText="It could not be copied"
        />
      </div>
    </div>
  );
}
