import type { BackendStateBody } from '../../../src/production/backends/administration/backend-routes.js';
import { at, get } from '../../app/api.js';
import { useResource, type Resource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { Badge, type BadgeProps } from '../../ui/badge.js';
import { Facts } from '../../ui/facts.js';
import { Loaded } from '../../ui/loaded.js';
import { Supplies } from './supplies.js';
import { Time } from '../../ui/time.js';

const words = texts.backends.state;

/** How often the state is read while it is looked at (ms). */
const rhythm = 5_000;

function useBackendState(id: string): Resource<BackendStateBody> {
  return useResource(
    `backend-state ${id}`,
    (signal) => get<BackendStateBody>(at`/backends/${id}/state`, {}, signal),
    rhythm,
  );
}

/** The state in a word or two, with what holds the backend up. */
export function BackendStateSummary({ id }: { readonly id: string }) {
  const state = useBackendState(id);
  return (
    <Loaded resource={state}>
      {(known) => (
        <>
          <Badge {...badgeOf(known)} />
          {known.message !== null && <p>{known.message}</p>}
          <p>
            <Supplies supplies={known.supplies} />
          </p>
        </>
      )}
    </Loaded>
  );
}

/** Everything that workers know of a backend. */
export function BackendStateSection({ id }: { readonly id: string }) {
  const state = useBackendState(id);
  return (
    <section class="card" aria-labelledby="state">
      <h2 id="state">{words.title}</h2>
      <p class="soft">{words.intro}</p>
      <Loaded resource={state}>
        {(known) => (
          <>
            <p>
              <Badge {...badgeOf(known)} />
            </p>
            <Facts
              facts={[
                [words.message, known.message],
                [words.supplies, Object.keys(known.supplies).length > 0 && <Supplies supplies={known.supplies} />],
                [words.circuit, words.circuits[known.circuit]],
                [words.failures, known.failures],
                [words.retryAt, known.retryAt && <Time at={known.retryAt} />],
                [words.checkedAt, known.checkedAt && <Time at={known.checkedAt} />],
                [words.changedAt, known.changedAt && <Time at={known.changedAt} />],
              ]}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

function badgeOf({ paused, circuit, checkedAt, changedAt }: BackendStateBody): BadgeProps {
  if (paused) return { text: words.paused, tone: 'bad' };
  if (circuit !== 'closed') return { text: words[circuit], tone: 'bad' };
  return checkedAt === null && changedAt === null ? { text: words.unknown } : { text: words.ready, tone: 'good' };
}
