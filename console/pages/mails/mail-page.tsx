import type { WholeMailBody } from '../../../src/records/mail/mail-routes.js';
import { at, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { Facts } from '../../ui/facts.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { Time } from '../../ui/time.js';
import { MailStateBadge, recipientOf } from './mail-state.js';
import { SendAgain } from './send-again.js';

const words = texts.mails;

/** How often a mail is read again while it is looked at (ms). */
const rhythm = 5_000;

/** One mail: what it says, and what became of it. */
export default function MailPage({ params: { id = '' } }: PageProps) {
  const mail = useResource(`mail ${id}`, (signal) => get<WholeMailBody>(at`/mails/${id}`, {}, signal), rhythm);
  return (
    <Page title={mail.data?.subject ?? words.title}>
      <Loaded resource={mail}>
        {(known) => (
          <>
            <Facts
              facts={[
                [words.facts.to, recipientOf(known)],
                [
                  words.facts.state,
                  <>
                    <MailStateBadge state={known.state} />
                    {known.state === 'unknown' && <p class="soft">{words.unknownHint}</p>}
                  </>,
                ],
                [words.facts.attempts, known.attempts],
                [words.facts.error, known.lastError],
                [words.facts.written, <Time at={known.createdAt} />],
                [words.facts.due, known.state === 'pending' && known.dueAt !== null ? <Time at={known.dueAt} /> : null],
                [words.facts.ended, known.endedAt && <Time at={known.endedAt} />],
                [words.facts.link, known.linkPath && <a href={known.linkPath}>{known.linkPath}</a>],
              ]}
            />
            {(known.state === 'failed' || known.state === 'unknown') && (
              <SendAgain id={known.id} onSent={mail.reload} />
            )}
            <section class="card record" aria-labelledby="body">
              <h2 id="body">{words.body}</h2>
              <pre>{known.body}</pre>
              {known.sealed && <p class="soft">{words.sealed}</p>}
            </section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
