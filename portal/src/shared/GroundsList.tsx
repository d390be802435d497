import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { ReactNode } from 'react';
import type { Ground } from '../api/types';
import { number } from './format';

const FEW = 12;

/** What counts as personal data, table by table, with its columns. */
export function GroundsList({ grounds, total }: { grounds: readonly Ground[]; total: number }): ReactNode {
  const tables = byTable(grounds);
  const hidden = total - grounds.length;
  const list = (
    <>
      <dl className="ls-grounds">
        {[...tables].map(([table, found]) => (
          <div key={table}>
            <dt>{table === '' ? 'The database' : table}</dt>
            <dd>
              {found.map((ground) => (
                <code key={ground.text} className="ls-chip">
                  {chip(ground)}
                </code>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      {hidden > 0 && <p className="ls-quiet">and {number(hidden)} more</p>}
    </>
  );
  if (grounds.length <= FEW) return list;
  return <ExpandableSection headerText={`Personal data: ${number(total)} places`}>{list}</ExpandableSection>;
}

function byTable(grounds: readonly Ground[]): Map<string, Ground[]> {
  const tables = new Map<string, Ground[]>();
  for (const ground of grounds) {
    const table = ground.table ?? '';
    tables.set(table, [...(tables.get(table) ?? []), ground]);
  }
  return tables;
}

function chip(ground: Ground): string {
  const what = ground.column ?? 'flagged as a whole';
  switch (ground.rule) {
    case 'UnreadableFlag':
      return `${what} (flag cannot be read)`;
    case 'ColumnsUnreadable':
      return 'columns cannot be read';
    case 'SchemaElsewhere':
      return 'columns that are not listed';
    case 'PiiColumnsUnreadable':
      return 'pii_columns cannot be read';
    case 'View':
      return 'a view';
    case 'FlagVanished':
      return `${what} (before, and not now)`;
    case 'MemoryUnreadable':
      return 'earlier flags cannot be read';
    case 'Tagged':
      return `${ground.column ?? 'as a whole'} (tagged ${ground.tag ?? ''})`;
    case 'ChangedSinceShared':
      return 'not as it was when it was shared';
    case 'TagsUnreadable':
      return 'LF-Tags cannot be read';
    default:
      return what;
  }
}
