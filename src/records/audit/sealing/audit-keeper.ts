import { ConfigError } from '../../../kernel/config.js';
import type { Knex } from '../../../kernel/db/database.js';
import type { Logger } from '../../../kernel/log.js';
import type { Job } from '../../../kernel/job.js';
import { AnchorFile } from './anchor-file.js';
import { readHead, sealAudit, type ChainHead } from './audit-sealer.js';

/** How often the head is written to the log while it changes (ms); each one would be a line a second. */
const logEveryMs = 60_000;

export interface AuditKeeperDeps {
  readonly db: Knex;
  readonly log: Logger;
  /** Where the head of the chain is kept outside the database; without it only the log has it. */
  readonly anchorFile: string | undefined;
}

/**
 * Seals the audit log of an installation as long as its server runs. Every server anchors the heads that it sees, whoever
 * sealed them, and tells when one that it has anchored is not in the chain any more.
 */
export class AuditKeeper implements Job {
  readonly name = 'seal the audit log';
  /** Rows are sealed within a second. */
  readonly everyMs = 400;
  private anchors: AnchorFile | null = null;
  private anchored: ChainHead | null = null;
  private loggedAt = -Infinity;
  private alarmed = false;

  constructor(private readonly deps: AuditKeeperDeps) {}

  /** Called once, before the first round. @throws ConfigError where the anchor file cannot be used */
  async open(): Promise<void> {
    const { anchorFile } = this.deps;
    if (anchorFile !== undefined) this.anchors = await openAnchors(anchorFile);
    this.anchored = this.anchors?.last ?? null;
    await this.watch();
  }

  async round(): Promise<void> {
    const { db } = this.deps;
    if (await somethingToSeal(db)) await sealAudit(db);
    await this.anchor();
  }

  /** Seals what there is, and anchors it. */
  async end(): Promise<void> {
    try {
      await sealAudit(this.deps.db);
      this.loggedAt = -Infinity;
      await this.anchor();
    } catch (error) {
      this.deps.log.warn({ err: error }, 'the end of the audit log is sealed at the next start');
    }
    await this.anchors?.close();
  }

  private async anchor(): Promise<void> {
    const head = await readHead(this.deps.db);
    if (head === null || head.block === this.anchored?.block) return;
    if (!(await this.watch())) return;
    await this.anchors?.append(head);
    this.anchored = head;
    if (performance.now() - this.loggedAt < logEveryMs) return;
    this.loggedAt = performance.now();
    this.deps.log.info({ ...head }, 'head of the audit log');
  }

  /**
   * Whether the block that was anchored last is still there as it was. Nothing is anchored on top of a chain that was
   * tampered with.
   */
  private async watch(): Promise<boolean> {
    if (this.anchored === null) return true;
    const { block, hash } = this.anchored;
    const row = await this.deps.db('audit_block').where({ number: block }).first<{ hash: Buffer } | undefined>('hash');
    const same = row?.hash.toString('hex') === hash;
    if (!same && !this.alarmed) {
      this.deps.log.error(
        { block, anchored: hash },
        'the audit log is not what was anchored: run npm run cards -- audit verify',
      );
    }
    this.alarmed = !same;
    return same;
  }
}

async function openAnchors(path: string): Promise<AnchorFile> {
  try {
    return await AnchorFile.open(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(
      `AUDIT_ANCHOR_FILE names a file that cannot be added to (${code}): give one that the server may write.`,
      { cause },
    );
  }
}

async function somethingToSeal(db: Knex): Promise<boolean> {
  const {
    rows: [found],
  } = await db.raw<{ rows: { some: boolean }[] }>('select exists (select from audit_unsealed) as some');
  return found?.some === true;
}
