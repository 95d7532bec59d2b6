import type { BatchOrderBody } from '../../../src/batches/batch-schemas.js';
import { texts } from '../../texts.js';

const words = texts.batches;

/** How far a batch order is: as a bar, in words, and when it may be done. */
export function BatchProgress({ batch: { kind, counts, secondsLeft } }: { readonly batch: BatchOrderBody }) {
  const all = counts.chosen - counts.skipped;
  const done = counts.produced + counts.failed + counts.cancelled;
  return (
    <>
      <progress value={done} max={Math.max(all, 1)} aria-label={words.bar} />
      <p>
        {words.progress(done, all)}
        {counts.failed > 0 && (
          <>
            ; <strong>{words.failed(counts.failed, kind)}</strong>
          </>
        )}
        {secondsLeft !== null && <>. {words.left(secondsLeft)}</>}
      </p>
    </>
  );
}
