import { type ReactNode, useEffect } from 'react';
import { Logo } from '../shared/Logo';

/** The frame of what is shown to nobody in particular: sign-in, a failed start. */
export function Stage({ title, lede, children }: { title: string; lede?: string; children?: ReactNode }): ReactNode {
  useEffect(() => {
    document.title = title === 'Lakeshare' ? title : `${title} · Lakeshare`;
  }, [title]);
  return (
    <main className="ls-stage">
      <div className="ls-stage-card">
        <Logo size={48} />
        <h1>{title}</h1>
        {lede !== undefined && <p className="ls-lede">{lede}</p>}
        {children}
      </div>
    </main>
  );
}
