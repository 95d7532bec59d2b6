import type { Finding } from '../process/model-checks/rule.js';
import { differences } from '../process/reading/compare-readings.js';
import type { Reading } from '../process/reading/reading.js';
import { isEngineError, type EngineClient } from './client.js';

/** Below `/engine-rest`; see `engine/README.md`. */
export const readingPath = '/diagram-reading';

/**
 * Asks the engine what it would run of the very bytes of a diagram, and compares that with what the rules took it for.
 * Nothing is deployed.
 * @param judged what the rules read
 * @returns a finding for each difference, or for each thing that the engine's parser refuses
 * @throws ProductError `engine-unavailable`
 */
export async function findDifferences(
  engine: EngineClient,
  user: string,
  xml: string,
  judged: readonly Reading[],
): Promise<readonly Finding[]> {
  try {
    const { processes } = await engine.call<ReadingAnswer>({
      user,
      method: 'POST',
      path: readingPath,
      body: Buffer.from(xml, 'utf8'),
    });
    return differences(judged, processes);
  } catch (raw) {
    if (!isEngineError(raw, 400, 413)) throw raw;
    return refusals(raw.details, raw.message);
  }
}

/** What it answers. */
export interface ReadingAnswer {
  readonly processes: readonly Reading[];
}

/** Findings of the engine's parser, as its answer lists them by file. */
interface ParserDetails {
  readonly [file: string]: {
    readonly errors: readonly {
      readonly message: string;
      readonly line: number;
      readonly mainElementId: string | null;
    }[];
  };
}

function refusals(details: unknown, message: string): Finding[] {
  const errors = Object.values((details ?? {}) as ParserDetails).flatMap(({ errors }) => errors);
  if (errors.length === 0) return [refusal('definitions', message)];
  return errors.map(({ message: text, line, mainElementId }) => refusal(mainElementId ?? `line ${line}`, text));
}

function refusal(element: string, message: string): Finding {
  const line = message.replace(/\s+/g, ' ').replace(/\.$/, '').slice(0, 300);
  return { rule: 'one-reading', element, message: `The process engine cannot run it: ${line}.` };
}
