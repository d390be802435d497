import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from './Button';
import { Notice } from './Notice';

/** Catches what nobody foresaw, so that a fault on one page leaves the others usable. */
export class CrashGuard extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    // The code of a page is gone when a new version was put in its place.
    const outdated = /dynamically imported module|Importing a module|module script/i.test(this.state.error.message);
    return (
      <div role="alert">
        <Notice
          type={outdated ? 'info' : 'error'}
          header={outdated ? 'This page cannot be loaded' : 'Something went wrong on this page'}
          action={
            <Button
              onClick={() => {
                location.reload();
              }}
            >
              Load again
            </Button>
          }
        >
          {outdated
            ? 'You may be offline, or there is a new version of it. Load it again.'
            : 'That is our fault, not yours. Loading the page again often helps.'}
        </Notice>
      </div>
    );
  }
}
