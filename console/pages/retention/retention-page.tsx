import { useState } from 'preact/hooks';
import type { RetentionBody } from '../../../src/oversight/retention/retention-routes.js';
import { useAction } from '../../app/action.js';
import { call, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Dialog } from '../../ui/dialog.js';
import { Facts } from '../../ui/facts.js';
import { Loaded } from '../../ui/loaded.js';
import { Note } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import { Time } from '../../ui/time.js';

const words = texts.retention;
const kinds = ['requests', 'cards', 'photos'] as const;

type Erased = Readonly<Record<(typeof kinds)[number], number>>;

/** How long personal data stays, and what is erased next. */
export default function RetentionPage() {
  const retention = useResource('retention', (signal) => get<RetentionBody>('/retention', {}, signal));
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded resource={retention}>
        {({ days, due, unfinished, lastRun }) => (
          <>
            <section class="card" aria-labelledby="how-long">
              <h2 id="how-long">{words.howLong}</h2>
              <Facts
                facts={[
                  [words.requests, words.days(days.requests)],
                  [words.cards, words.days(days.cards)],
                  [words.engine, words.days(days.engineHistory)],
                ]}
              />
              <p>
                <a href={pageUrl('/options')}>{words.change}</a>
              </p>
            </section>
            <Due due={due} unfinished={unfinished} onErased={retention.reload} />
            <section class="card" aria-labelledby="last">
              <h2 id="last">{words.last}</h2>
              {lastRun === null ? (
                <p>{words.never}</p>
              ) : (
                <>
                  <p>
                    <Time at={lastRun.startedAt} /> {words.lastBy(lastRun.actor)}.{' '}
                    {lastRun.endedAt === null && words.goes}
                  </p>
                  <p>{words.erased(lastRun.requests, lastRun.cards, lastRun.photos)}</p>
                </>
              )}
            </section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Due({
  due,
  unfinished,
  onErased,
}: Pick<RetentionBody, 'due' | 'unfinished'> & { readonly onErased: () => void }) {
  const [asking, setAsking] = useState(false);
  const [erased, setErased] = useState<Erased | null>(null);
  const erasing = useAction(async () => {
    setErased((await call<Erased>('POST', '/retention/runs')).body);
    onErased();
  });
  const nothing = kinds.every((kind) => due[kind] === 0);
  const list = <Facts facts={kinds.map((kind) => [words.kinds[kind], due[kind].toLocaleString('en-GB')] as const)} />;
  return (
    <section class="card" aria-labelledby="due">
      <h2 id="due">{words.due}</h2>
      {nothing ? <p>{words.nothing}</p> : list}
      {unfinished > 0 && <p class="soft">{words.unfinished(unfinished)}</p>}
      {erased !== null && <Note tone="good">{words.erased(erased.requests, erased.cards, erased.photos)}</Note>}
      {!nothing && (
        <button type="button" class="quiet" onClick={() => setAsking(true)}>
          {words.erase}
        </button>
      )}
      {asking && (
        <Dialog title={words.ask} confirm={words.erase} action={erasing} onClose={() => setAsking(false)}>
          {list}
          <p>
            <strong>{words.warning}</strong>
          </p>
        </Dialog>
      )}
    </section>
  );
}
