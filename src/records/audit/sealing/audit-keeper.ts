import type { Knex } from '../../../kernel/db/database.js';
import type { Logger } from '../../../kernel/log.js';
import { JobLoop, type Job } from '../../../kernel/job.js';
import type { SecurityEvents } from '../../../kernel/security-events.js';
import { systemActor } from '../../../domain/roles.js';
import { raiseAlarm, readOpenAlarm, type Alarm } from '../alarms/alarm-store.js';
import type { AnchorPlace } from '../anchors/anchor.js';
import { AnchorSender, type PlaceState } from '../anchors/anchor-sender.js';
import { appendAudit } from '../audit-store.js';
import type { AuditKeys } from '../signing/audit-keys.js';
import { Findings, type Finding } from '../verification/findings.js';
import { readHead, sealAudit } from './audit-sealer.js';
import { judgeBlockItself, readNewestBlock } from './block-reading.js';

/** How often a server looks for rows to seal (ms): rows are sealed within a second. */
const lookEveryMs = 400;

/** How often the head is written to the log while it changes (ms); each one would be a line a second. */
const logEveryMs = 60_000;

export interface AuditKeeperDeps {
  readonly db: Knex;
  readonly log: Logger;
  readonly security: SecurityEvents;
  /** Signs blocks; null: they are not signed. */
  readonly keys: AuditKeys | null;
  /** Where the head of the chain is kept outside the database; without any only the log has it. */
  readonly places: readonly AnchorPlace[];
}

/** How sealing is, as health and the console show it. */
export interface KeeperState {
  readonly alarm: Alarm | null;
  readonly places: readonly PlaceState[];
  /** Id of the key that signs; null where blocks are not signed. */
  readonly key: string | null;
}

/**
 * Seals the audit log of an installation as long as its server runs. Every server anchors the heads that it sees, also those
 * that another server sealed. What is wrong raises an alarm; until an administrator has acknowledged it, no server seals or anchors.
 */
export class AuditKeeper {
  private loops: readonly JobLoop[] = [];
  private readonly senders: readonly AnchorSender[];
  private alarm: Alarm | null = null;
  private logged = { hash: '', at: -Infinity };

  constructor(private readonly deps: AuditKeeperDeps) {
    const raise = async (findings: readonly Finding[]) => (await this.raise(findings)) !== null;
    this.senders = deps.places.map((place) => new AnchorSender(place, { db: deps.db, log: deps.log, raise }));
  }

  get state(): KeeperState {
    return {
      alarm: this.alarm,
      places: this.senders.map((sender) => sender.state),
      key: this.deps.keys?.current ?? null,
    };
  }

  /** Called once, before the first round: from here on the newest block is signed. */
  async open(): Promise<void> {
    await this.announceKey();
    await this.seal();
  }

  /** Sealing, and one job a place: a place that is slow to answer holds up nothing but itself. */
  get jobs(): Job[] {
    const follow = this.senders.map((sender, at) => ({
      name: `anchor the audit log in place ${at + 1}`,
      everyMs: lookEveryMs,
      round: async () => {
        if (this.alarm === null) await sender.follow();
      },
    }));
    const seal = { name: 'seal the audit log', everyMs: lookEveryMs, round: () => this.seal(), end: () => this.end() };
    return [seal, ...follow];
  }

  /** Opens and runs its jobs on its own, as tests do. */
  async start(): Promise<void> {
    await this.open();
    this.loops = this.jobs.map((job) => new JobLoop(job, this.deps.log));
    for (const loop of this.loops) loop.start();
  }

  /** Ends what `start` began. */
  async stop(): Promise<void> {
    const [seal, ...follow] = this.loops;
    await Promise.all(follow.map((loop) => loop.stop()));
    await seal?.stop();
    this.loops = [];
  }

  /** Seals what there is, anchors it, and ends. */
  private async end(): Promise<void> {
    try {
      await this.seal();
      if (this.alarm === null) await Promise.all(this.senders.map((sender) => sender.follow()));
    } catch (error) {
      this.deps.log.warn({ err: error }, 'the end of the audit log is sealed at the next start');
    }
    await Promise.all(this.senders.map((sender) => sender.close()));
  }

  /**
   * Raises an alarm for what is new among findings.
   * @returns the alarm that is open now; null where there is none
   */
  async raise(findings: readonly Finding[]): Promise<Alarm | null> {
    const outcome = await raiseAlarm(this.deps.db, findings);
    if (outcome === null) return null;
    this.alarm = outcome.alarm;
    if (outcome.raised) {
      const { log, security } = this.deps;
      const [first] = outcome.alarm.findings;
      log.error(
        { alarm: outcome.alarm.id, findings: outcome.alarm.findingCount, block: first?.block, first: first?.message },
        'the audit log is not as it was sealed: run npm run cards -- audit verify, then audit acknowledge',
      );
      await security.record('audit-alarm', {
        details: { alarm: outcome.alarm.id, findings: outcome.alarm.findingCount },
      });
    }
    return outcome.alarm;
  }

  /** Called when an administrator has acknowledged an alarm; the next round seals again. */
  async acknowledged(account: string, alarm: string): Promise<void> {
    await this.deps.security.record('audit-alarm-acknowledged', { account, details: { alarm } });
  }

  private async seal(): Promise<void> {
    const { db, keys } = this.deps;
    this.alarm = await readOpenAlarm(db);
    if (this.alarm !== null) return;
    if (await somethingToSeal(db)) {
      if (!(await this.canFollowHead())) return;
      const findings = new Findings();
      const onGone = (ids: readonly string[]) => {
        for (const row of ids) findings.add('row-deleted', { row }, `Row ${row} is gone, before it could be sealed.`);
      };
      await sealAudit(db, { keys, onGone });
      await this.raise(findings.named);
    }
    await this.logHead();
  }

  /** Nothing is chained to a block that is not as it was made. */
  private async canFollowHead(): Promise<boolean> {
    const head = await readNewestBlock(this.deps.db);
    if (head === null) return true;
    const findings = new Findings();
    judgeBlockItself(head, this.deps.keys, findings);
    return (await this.raise(findings.named)) === null;
  }

  /** A row that the new key signs itself says which key signs from then on, so that the newest block is signed from the start. */
  private async announceKey(): Promise<void> {
    const { db, keys, security } = this.deps;
    const to = keys?.current;
    const head = await readNewestBlock(db);
    const from = head?.keyId ?? null;
    if (to === undefined || from === to) return;
    await appendAudit(db, [
      { actor: systemActor, action: 'audit-key-changed', objectType: 'audit', objectId: to, details: { from, to } },
    ]);
    await security.record('keys-changed', { details: { what: 'audit', from, to } });
  }

  private async logHead(): Promise<void> {
    if (performance.now() - this.logged.at < logEveryMs) return;
    const head = await readHead(this.deps.db);
    if (head === null || head.hash === this.logged.hash) return;
    this.logged = { hash: head.hash, at: performance.now() };
    this.deps.log.info({ ...head }, 'head of the audit log');
  }
}

async function somethingToSeal(db: Knex): Promise<boolean> {
  const {
    rows: [found],
  } = await db.raw<{ rows: { some: boolean }[] }>('select exists (select from audit_unsealed) as some');
  return found?.some === true;
}
