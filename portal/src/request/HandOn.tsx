import type { ReactNode } from 'react';
import type { Source } from '../api/types';
import { useServices } from '../app/services';
import { Command } from '../shared/Command';
import { TABLE_NAME, YOUR_ROLE, commandsFor } from './commands';

interface Props {
  source: Source;
  isPart: boolean;
  consumer: string;
  /** The link's name, where there is one already. */
  link?: string;
}

/** The commands that let a role of the account see the link, and read what it leads to. */
export function HandOn({ source, isPart, consumer, link }: Props): ReactNode {
  const { config } = useServices();
  const { handOn } = commandsFor({
    source,
    isPart,
    consumer,
    centralAccount: config.centralAccount,
    region: config.region,
    link,
  });
  return (
    <>
      <p>
        Put a role of yours in place of <code>{YOUR_ROLE}</code>. It then finds the data in Athena and everywhere else.
        {isPart && source.table === '*' && (
          <>
            {' '}
            Run the second command for each table, with its name in place of <code>{TABLE_NAME}</code>.
          </>
        )}
      </p>
      {handOn.map((text, at) => (
        <Command key={text} label={at === 0 ? 'show the link' : 'let the data be read'} text={text} />
      ))}
    </>
  );
}
