import type { ReactNode } from 'react';
import type { Detail } from '../api/types';
import { useServices } from '../app/services';
import { Command } from '../shared/Command';
import { hasEnded } from '../share/life';
import { nameOf } from '../shared/format';
import { sharePath } from '../shared/paths';
import { TextLink } from '../shared/TextLink';
import { HandOn } from './HandOn';
import { commandsFor } from './commands';

/** What the consumer's administrator does with a share, step by step. */
export function NextSteps({ request }: { request: Detail }): ReactNode {
  const { config } = useServices();
  const { source, target } = request;
  if (request.status !== 'SHARED' || hasEnded(request.share) || source === null || target === null) return null;
  // What goes on is set up already.
  if (request.renews !== null && request.share === null) return null;
  const consumer = target.account_id;
  if (request.kit === true && request.share !== null) return <ByTheKit consumer={consumer} share={request.share.id} />;
  const isPart = request.in_brief !== undefined;
  const commands = commandsFor({
    source,
    isPart,
    consumer,
    centralAccount: config.centralAccount,
    region: config.region,
  });
  return (
    <section className="ls-card" aria-labelledby="next-steps">
      <h2 id="next-steps">What to do next</h2>
      <p>
        A Lake Formation administrator of account <strong>{consumer}</strong> does this once, with that account’s
        credentials.
      </p>
      <ol className="ls-todo">
        <li>
          <h3>Accept the invitations within 12 hours</h3>
          <p>
            An account’s first share brings two or three, later ones join it and bring none; nor do accounts of the same
            AWS organization get any. If the first command prints nothing, go on with step 2. Else run the second for
            each ARN that it prints, in place of <code>INVITATION_ARN</code>.
          </p>
          <Command label="find the invitations" text={commands.findInvitations} />
          <Command label="accept an invitation" text={commands.acceptInvitation} />
          <p className="ls-quiet">
            They run out after 12 hours, and asking again brings no new ones as long as the grant stands. The platform
            team has to revoke it first; then ask again.
          </p>
        </li>
        <li>
          <h3>Make a resource link</h3>
          <p>
            It makes {nameOf(source)} appear in your own catalogue, as <code>{commands.linkName}</code>.
            {source.table !== '*' && (
              <>
                {' '}
                The first command makes a database for it; leave it out if there is one, and put its name in place of{' '}
                <code>shared</code>.
              </>
            )}
          </p>
          {commands.makeLink.map((text, at) => (
            <Command key={text} label={at === 0 ? 'make the database' : 'make the link'} text={text} />
          ))}
        </li>
        <li>
          <h3>Hand it on inside the account</h3>
          <HandOn source={source} isPart={isPart} consumer={consumer} />
        </li>
      </ol>
      {commands.script !== null && (
        <>
          <h3>Or all of it by a script</h3>
          <p>
            In a checkout of Lakeshare, with the same credentials. It says what it would do; with <code>--do</code> it
            does that.
          </p>
          <Command label="take it up by a script" text={commands.script} />
        </>
      )}
    </section>
  );
}

/** An account with a kit has nothing to do: where it is read, its share says. */
function ByTheKit({ consumer, share }: { consumer: string; share: string }): ReactNode {
  return (
    <section className="ls-card" aria-labelledby="next-steps">
      <h2 id="next-steps">What to do next</h2>
      <p>
        Nothing: the kit of account <strong>{consumer}</strong> takes it up by itself. Under which name it is there, and
        which roles read it, stands on the page of the share.
      </p>
      <p>
        <TextLink href={sharePath(share)}>How to read it</TextLink>
      </p>
    </section>
  );
}
