import type { ReactNode } from 'react';
import type { Database } from '../api/types';
import { Badge, type BadgeColor } from '../shared/Badge';

const LOOKS: Record<NonNullable<Database['access']>, readonly [BadgeColor, string, string]> = {
  asks: ['red', 'Ask', 'Its owner is asked before any of its tables is shared.'],
  mixed: ['orange', 'Mixed', 'For some of its tables the owner is asked, others are shared at once.'],
  open: ['plain', 'Open', 'Its tables are shared at once, as none held personal data last night.'],
};

export function accessText(access: Database['access']): string {
  return access === null ? 'See tables' : (LOOKS[access]?.[1] ?? access);
}

/** Whether its owner is asked for the tables of a database; nobody knows before the first night has passed. */
export function AccessBadge({ access }: { access: Database['access'] }): ReactNode {
  const look = access === null ? undefined : LOOKS[access];
  if (look === undefined) return <span className="ls-quiet">{accessText(access)}</span>;
  const [color, text, note] = look;
  return (
    <span title={note}>
      <Badge color={color}>{text}</Badge>
      <span className="ls-hidden">{note}</span>
    </span>
  );
}
