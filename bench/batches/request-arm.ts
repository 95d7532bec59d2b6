import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '../lib/production-installation.js';
import { engineSteps, type Steps } from './our-arm.js';
import type { BatchPlace } from './setup.js';

const patienceMs = 300_000;
/** Needs no photo, which the card holders of the bench have none of. */
const cardType = 'visitor';

/** One batch of requests, from the call of the API to the last decision (seconds). */
export interface RequestRun {
  readonly cards: number;
  /** Until every request was registered and waited for its decision. */
  readonly registered: number;
  /** From the approver's call until every decision was on record. */
  readonly decided: number;
  readonly steps: Steps;
}

/** Requests cards for so many card holders over the API and approves all of them in one task. */
export async function requestBatch(place: BatchPlace, cards: number): Promise<RequestRun> {
  const { installation } = place;
  const department = `Requests ${cards}`;
  await place.cards(cards, department);
  const began = performance.now();
  const { body } = await ok(
    installation.call('operator', 'POST', '/batch-orders', {
      kind: 'request',
      label: 'Bench',
      cardType,
      filter: { department },
    }),
  );
  const id = body.id as string;
  await reached(place, id, 'running');
  const registered = performance.now();
  await ok(installation.call('approver', 'POST', `/batch-orders/${id}/decide`, { decision: 'approve' }));
  await reached(place, id, 'completed');
  const decided = performance.now();
  return {
    cards,
    registered: (registered - began) / 1_000,
    decided: (decided - registered) / 1_000,
    steps: await engineSteps(place, id),
  };
}

async function reached({ db }: BatchPlace, id: string, wanted: string): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await sleep(10)) {
    const { state } = await db('batch_order').where({ id }).first<{ state: string }>('state');
    if (state === wanted) return;
    if (Date.now() > deadline) throw new Error(`The batch order ${id} is ${state}, not ${wanted}.`);
  }
}
