import { z } from 'zod';
import type { Knex } from '../../../kernel/db/database.js';
import type { ChainHead } from '../sealing/audit-sealer.js';

/** The head of the chain at one moment, kept where an attacker who can write to the database cannot write. */
export interface Anchor extends ChainHead {
  /** When it was written, ISO 8601. */
  readonly at: string;
}

const anchorSchema = z.strictObject({
  block: z.string().regex(/^[1-9]\d{0,17}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});

/** The anchor of a line, as `anchorLine` writes it; null where it is none. */
export function parseAnchor(line: string): Anchor | null {
  try {
    return anchorSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** An anchor as one line of JSON, without its end. */
export function anchorLine({ block, hash, at }: Anchor): string {
  return JSON.stringify({ block, hash, at });
}

/** A place outside the database that anchors can be read from. */
export interface AnchorSource {
  /** What people call it and the database knows it by; holds no secret. */
  readonly name: string;
  /**
   * All that it holds at this moment; null for a line that is no anchor.
   * @throws the error of file system or network; `ENOENT` where there are no anchors at all
   */
  read(): Promise<AsyncIterable<Anchor | null>>;
}

/** A place outside the database that anchors are sent to. */
export interface AnchorPlace {
  readonly name: string;
  /** How the place is read; null where it cannot be, as with a log that is collected elsewhere. */
  readonly source: AnchorSource | null;
  /**
   * Makes ready to append.
   * @returns the newest anchor that it holds, null where it has none, undefined where it does not know
   * @throws the error of file system or network
   */
  open(): Promise<Anchor | null | undefined>;
  /** @throws the error of file system or network */
  append(anchor: Anchor): Promise<void>;
  close(): Promise<void>;
}

/** A source that was opened before the moment of a verification. */
export interface OpenedAnchors {
  readonly name: string;
  readonly anchors: AsyncIterable<Anchor | null>;
  /** `missing` where there are none, else the error's code; null where it could be opened. */
  readonly problem: string | null;
  /** Number of the newest block that is known to have been anchored there. */
  readonly expected: bigint;
}

/** Opens every source. What was anchored is read first, so that anchors of the meantime count as more, never as less. */
export async function openAll(db: Knex, sources: readonly AnchorSource[]): Promise<OpenedAnchors[]> {
  const known = new Map((await readAnchored(db)).map(({ place, block }) => [place, BigInt(block)]));
  return Promise.all(
    sources.map(async (source) => {
      const { name } = source;
      const expected = known.get(name) ?? 0n;
      try {
        return { name, expected, anchors: await source.read(), problem: null };
      } catch (raw) {
        const code = errorCode(raw);
        return { name, expected, anchors: noAnchors(), problem: code === 'ENOENT' ? 'missing' : code };
      }
    }),
  );
}

async function* noAnchors(): AsyncGenerator<never> {
  // Holds none.
}

/** The newest head that each place took. */
export async function readAnchored(db: Knex): Promise<({ readonly place: string; readonly at: Date } & ChainHead)[]> {
  return db('audit_anchor_place').orderBy('place').select('place', 'block', 'hash', { at: 'anchored_at' });
}

/** What went wrong, in few words: the code of the system's error, or what the error says. */
export function errorCode(raw: unknown): string {
  const { code, message, cause, errors } = Object(raw) as Partial<AggregateError & NodeJS.ErrnoException>;
  if (code !== undefined && typeof code === 'string') return code;
  const inner: unknown = errors?.[0] ?? cause;
  return inner === undefined ? (message ?? 'unknown') : errorCode(inner);
}
