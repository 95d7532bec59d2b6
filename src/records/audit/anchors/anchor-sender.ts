import type { Knex } from '../../../kernel/db/database.js';
import type { Logger } from '../../../kernel/log.js';
import { readHead, type ChainHead } from '../sealing/audit-sealer.js';
import { Findings, type Finding } from '../verification/findings.js';
import { errorCode, readAnchored, type Anchor, type AnchorPlace } from './anchor.js';

/** How long a place that failed is left alone: the first time, and at most (ms). */
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

export interface AnchorSenderDeps {
  readonly db: Knex;
  readonly log: Logger;
  /** Raises an alarm. @returns whether one is open now */
  readonly raise: (findings: readonly Finding[]) => Promise<boolean>;
}

/** How one place is. */
export interface PlaceState {
  readonly name: string;
  readonly block: string | null;
  /** False where anchors are collected, but cannot be read back by the server. */
  readonly readable: boolean;
  /** Since when it takes nothing, and why; null where it does. */
  readonly failing: { readonly since: Date; readonly message: string } | null;
}

/**
 * Brings each new head of the chain to one place. Only the newest counts, since it covers all before: what a place missed
 * while it failed need not be caught up on. Nothing is anchored on top of a chain that was tampered with.
 */
export class AnchorSender {
  private opened = false;
  private anchored: ChainHead | null = null;
  private failing: { readonly since: Date; readonly message: string; readonly waitMs: number } | null = null;
  private retryAt = 0;

  constructor(
    private readonly place: AnchorPlace,
    private readonly deps: AnchorSenderDeps,
  ) {}

  get state(): PlaceState {
    const { name, source } = this.place;
    const failing = this.failing === null ? null : { since: this.failing.since, message: this.failing.message };
    return { name, block: this.anchored?.block ?? null, readable: source !== null, failing };
  }

  /**
   * Anchors the head where it is new. A place that fails is tried again later.
   * @throws the database's error, never the place's
   */
  async follow(now = performance.now()): Promise<void> {
    if (now < this.retryAt) return;
    if (!this.opened && !(await this.open())) return;
    const head = await readHead(this.deps.db);
    if (head === null || head.hash === this.anchored?.hash) return;
    if (!(await this.isAsAnchored())) return;
    const anchor: Anchor = { ...head, at: new Date().toISOString() };
    if ((await this.attempt(() => this.place.append(anchor))) === failed) return;
    this.anchored = head;
    await this.deps
      .db('audit_anchor_place')
      .insert({ place: this.place.name, block: head.block, hash: head.hash, anchored_at: anchor.at })
      .onConflict('place')
      .merge();
  }

  /** Ends; what is not anchored by now is at the next start. */
  async close(): Promise<void> {
    await this.place.close();
  }

  /** Whether the place holds at least what it took before, and the chain what it was anchored as. */
  private async open(): Promise<boolean> {
    const known = (await readAnchored(this.deps.db)).find(({ place }) => place === this.place.name);
    const last = await this.attempt(() => this.place.open());
    if (last === failed) return false;
    this.anchored = last === undefined ? (known ?? null) : last;
    if (known !== undefined && last !== undefined && (last === null || BigInt(last.block) < BigInt(known.block))) {
      const findings = new Findings();
      missingAnchors(findings, this.place.name, last?.block ?? null, known.block);
      if (await this.deps.raise(findings.named)) return false;
    }
    this.opened = await this.isAsAnchored();
    return this.opened;
  }

  private async isAsAnchored(): Promise<boolean> {
    if (this.anchored === null) return true;
    const { block, hash } = this.anchored;
    const { db, raise } = this.deps;
    const row = await db('audit_block').where({ number: block }).first<{ hash: Buffer } | undefined>('hash');
    if (row?.hash.toString('hex') === hash) return true;
    const findings = new Findings();
    if (row === undefined) findings.add('tail-cut', { block }, `Block ${block} was anchored and is gone.`);
    else findings.add('chain-rewritten', { block }, `Block ${block} is not the one that was anchored.`);
    return !(await raise(findings.named));
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T | typeof failed> {
    const { log } = this.deps;
    const place = this.place.name;
    try {
      const result = await work();
      if (this.failing !== null) log.info({ place }, 'anchors of the audit log are taken again');
      this.failing = null;
      return result;
    } catch (raw) {
      const message = errorCode(raw);
      if (this.failing === null) log.warn({ place, err: raw }, 'anchors of the audit log are not taken; trying again');
      const waitMs = Math.min((this.failing?.waitMs ?? firstWaitMs / 2) * 2, longestWaitMs);
      this.failing = { since: this.failing?.since ?? new Date(), message, waitMs };
      this.retryAt = performance.now() + waitMs;
      // A file may be another one by then.
      this.opened = false;
      return failed;
    }
  }
}

const failed = Symbol('failed');

/** Reports that a place holds less than it took. */
export function missingAnchors(findings: Findings, place: string, newest: string | null, expected: string): void {
  if (newest === null)
    findings.add(
      'anchor-missing',
      { object: place },
      `The anchors of ${place} are gone; block ${expected} was anchored there.`,
    );
  else
    findings.add(
      'anchor-older',
      { object: place },
      `The newest anchor of ${place} is of block ${newest}, but block ${expected} was anchored there: it is an older copy.`,
    );
}
