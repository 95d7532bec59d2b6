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
    const { processes, unreadable } = await engine.call<TrialAnswer>({
      user,
      method: 'POST',
      path: readingPath,
      body: Buffer.from(xml, 'utf8'),
    });
    return [...differences(judged, processes), ...unreadable.map(complaintOf)];
  } catch (raw) {
    if (!isEngineError(raw, 400, 413)) throw raw;
    return refusals(raw.details, raw.message);
  }
}

/** What it answers. */
export interface ReadingAnswer {
  readonly processes: readonly Reading[];
}

/** A text that the engine would fail on when a token comes to it, and the fact of the element that holds it. */
interface UnreadableText {
  readonly element: string;
  readonly fact: keyof typeof cures;
  readonly text: string;
}

interface TrialAnswer extends ReadingAnswer {
  readonly unreadable: readonly UnreadableText[];
}

/** What the texts are that the engine tries, and how they are written right. */
const cures = {
  timer: ['timer', 'a duration like P14D, a date like 2030-01-31T08:00:00Z, or a cycle like R3/PT1H'],
  dueDate: ['due date', 'a date like 2030-01-31T08:00:00Z, or a duration like P3D'],
  followUpDate: ['follow-up date', 'a date like 2030-01-31T08:00:00Z, or a duration like P3D'],
  priority: ['priority', 'a whole number'],
  cardinality: ['loop cardinality', 'a whole number, 0 or more'],
  attempts: ['retry time cycle', 'something like R3/PT1M'],
} as const;

function complaintOf({ element, fact, text }: UnreadableText): Finding {
  const [what, form] = cures[fact];
  const message = `The process engine cannot read the ${what} "${text}" when it comes to it: write ${form}.`;
  return { rule: 'readable-texts', element, message };
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
