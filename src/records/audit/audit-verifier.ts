import { openDatabase, type Knex } from '../../kernel/db/database.js';
import { recordVerification } from './evidence-reading.js';
import type { Finding } from './verification/findings.js';
import {
  verifyAudit,
  type AuditVerification,
  type Evidence,
  type VerificationProgress,
} from './verification/verify-audit.js';

/** Verifies the whole log on request; requests that come during a verification get its answer. */
export class AuditVerifier {
  private running: Promise<AuditVerification> | null = null;

  /** @param raise called with the findings, where there are any */
  constructor(
    private readonly db: Knex,
    private readonly evidence: Evidence,
    private readonly raise: (findings: readonly Finding[]) => Promise<unknown>,
  ) {}

  /** @param actor who asks; that they looked is on record */
  verify(actor: string): Promise<AuditVerification> {
    this.running ??= this.look(actor).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async look(actor: string): Promise<AuditVerification> {
    const result = await verifyAudit(this.db, this.evidence);
    if (!result.intact) await this.raise(result.findings);
    await recordVerification(this.db, actor, result);
    return result;
  }
}

/**
 * Looks at the whole log of a database, with a connection of its own that only reads.
 * @throws the database's error
 */
export async function verifyDatabase(
  databaseUrl: string,
  evidence: Evidence,
  onProgress: (progress: VerificationProgress) => void,
): Promise<AuditVerification> {
  const db = openDatabase(databaseUrl, 1);
  try {
    return await verifyAudit(db, evidence, onProgress);
  } finally {
    await db.destroy();
  }
}
