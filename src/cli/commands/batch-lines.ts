import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { byRowState } from '../../domain/batch-row-words.js';
import { timeText } from '../../kernel/time-zone.js';
import { batchKinds } from '../../domain/batch-states.js';
import { countsText, durationText } from '../../batches/pages/batch-page-texts.js';
import type { Session } from '../session.js';
import { plain, table } from '../table.js';

/** A batch order as the interface answers it. */
export const batch = z.looseObject({
  id: z.string(),
  number: z.number(),
  kind: z.enum(batchKinds),
  label: z.string(),
  owner: z.string(),
  state: z.string(),
  round: z.number(),
  counts: z.object({
    chosen: z.number(),
    skipped: z.number(),
    ordered: z.number(),
    produced: z.number(),
    failed: z.number(),
    cancelled: z.number(),
  }),
  firstFailure: z
    .looseObject({ holder: z.object({ name: z.string() }).nullable(), reason: z.string().nullable() })
    .nullable(),
  secondsLeft: z.number().nullable(),
  createdAt: z.string(),
});
export type Batch = z.infer<typeof batch>;

/** How often a batch order is looked at while it is watched (ms). */
const lookEveryMs = 1_000;

/** Batch orders in a table. */
export function listLines(batches: readonly Batch[]): string[] {
  const rows = batches.map((each) => [
    each.number,
    each.label,
    each.state,
    countsText(byRowState(each.counts), each.kind),
    each.owner,
    timeText(each.createdAt),
    each.id,
  ]);
  return table(['Number', 'Name', 'State', 'Cards', 'Owner', 'Made', 'Id'], rows);
}

/** How a batch order stands, and what comes next. */
export function batchLines(found: Batch): string[] {
  const { number, label, state, round, owner, firstFailure } = found;
  return [
    `Batch order ${number}${label === '' ? '' : ` "${plain(label)}"`} of ${plain(owner)}: ${state}${round > 1 ? `, round ${round}` : ''}.`,
    progressLine(found),
    ...(firstFailure === null
      ? []
      : [
          plain(
            `The first failure: ${firstFailure.holder?.name ?? 'a card'}: ${firstFailure.reason ?? 'no reason is known'}`,
          ),
        ]),
    ...(state === 'reviewing'
      ? [`Next: npm run cards -- batch repeat ${number}, batch complete ${number} or batch cancel ${number} --reason …`]
      : []),
  ];
}

function progressLine({ kind, counts, secondsLeft }: Batch): string {
  return `${countsText(byRowState(counts), kind)}${secondsLeft === null ? '' : `, ${durationText(secondsLeft)} to go at the rate of this round`}.`;
}

/** Looks at a batch order until its round has ended, and prints each change. */
export async function watchBatch({ api, out }: Session, path: string): Promise<Batch> {
  for (let printed = ''; ;) {
    const found = await api.call({ path }, batch);
    if (found.state !== 'ordering' && found.state !== 'running') return found;
    const line = progressLine(found);
    if (line !== printed && !out.json) out.show(found, () => [line]);
    printed = line;
    await delay(lookEveryMs);
  }
}
