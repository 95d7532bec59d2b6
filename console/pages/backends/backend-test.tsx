import { useState } from 'preact/hooks';
import type { BackendStatusBody } from '../../../src/production/backends/administration/backend-routes.js';
import { useAction } from '../../app/action.js';
import { at, call } from '../../app/api.js';
import { texts } from '../../texts.js';
import { Note, RefusalNote } from '../../ui/note.js';
import { Time } from '../../ui/time.js';
import { Supplies } from './supplies.js';

const words = texts.backends.test;

interface BackendAnswer extends BackendStatusBody {
  /** ISO 8601. */
  readonly at: string;
}

/** Asks the backend itself how it is when asked to, and keeps its last answers for comparison while the page is open. */
export function BackendTest({ id }: { readonly id: string }) {
  const [answers, setAnswers] = useState<readonly BackendAnswer[]>([]);
  const asking = useAction(async () => {
    const { body } = await call<BackendStatusBody>('POST', at`/backends/${id}/test`);
    setAnswers((before) => [{ ...body, at: new Date().toISOString() }, ...before].slice(0, 5));
  });
  const [latest, ...earlier] = answers;
  return (
    <section class="card" aria-labelledby="test">
      <h2 id="test">{words.title}</h2>
      <p class="soft">{words.intro}</p>
      <p>
        <button type="button" disabled={asking.busy} onClick={() => void asking.run()}>
          {words.run}
        </button>
      </p>
      <div role="status">{asking.busy && <p>{words.busy}</p>}</div>
      {asking.refusal !== null && <RefusalNote refusal={asking.refusal} />}
      {asking.refusal === null && latest !== undefined && (
        <Note tone={latest.condition === 'ready' ? 'good' : 'bad'}>
          <p>
            <strong>{words.conditions[latest.condition]}</strong>
          </p>
          {latest.message !== null && <p>{latest.message}</p>}
          <p>
            <Supplies supplies={latest.supplies} />
          </p>
          <p class="soft">{words.took(latest.tookMs)}</p>
        </Note>
      )}
      {earlier.length > 0 && (
        <ul>
          {earlier.map(({ at: asked, condition, tookMs }) => (
            <li key={asked} class="soft">
              <Time at={asked} />: {words.conditions[condition]} {words.took(tookMs)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
