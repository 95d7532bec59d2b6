import type { Knex } from '../../../kernel/db/database.js';
import type { BackendState } from './backend-store.js';

/** The status of a backend, for people who wait for its cards. */
export interface BackendStatus {
  readonly name: string;
  /** One sentence; where it makes no cards, with what holds it up in its own words. */
  readonly text: string;
  /** False while it makes no cards. */
  readonly works: boolean;
}

/** What a status is made from; `circuit` and `paused` are null for a backend that no worker has looked at yet. */
interface Row extends Pick<BackendState, 'message'> {
  readonly id: string;
  readonly name: string;
  readonly paused: boolean | null;
  readonly circuit: BackendState['circuit'] | null;
}

/** How every backend stands at present, by its id. */
export async function readBackendStatuses(db: Knex): Promise<Map<string, BackendStatus>> {
  const rows = await db('backend as b')
    .leftJoin('backend_state as s', 's.backend', 'b.id')
    .orderBy('b.id')
    .select<Row[]>({ id: 'b.id', name: 'b.name', paused: 's.paused', circuit: 's.circuit', message: 's.message' });
  return new Map(rows.map((row) => [row.id, statusOf(row)]));
}

function statusOf({ name, paused, circuit, message }: Row): BackendStatus {
  if (paused === true) return { name, text: `${name} has stopped${because(message)}`, works: false };
  if (circuit === 'open' || circuit === 'half-open')
    return { name, text: `${name} does not answer and is tried again and again${because(message)}`, works: false };
  return { name, text: `${name} is ready.`, works: true };
}

function because(message: string | null): string {
  return message === null ? '.' : `: ${message.replace(/\.$/, '')}.`;
}
