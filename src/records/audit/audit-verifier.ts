import { openDatabase, type Knex } from '../../kernel/db/database.js';
import { anchorsUntilNow } from './sealing/anchor-file.js';
import { verifyAudit, type AuditVerification, type VerificationProgress } from './verification/verify-audit.js';

/** Looks at the whole log for whoever asks; those who ask while it looks get the same answer. */
export class AuditVerifier {
  private running: Promise<AuditVerification> | null = null;

  /** @param anchorFile where this server keeps its anchors; without it the chain is compared with none */
  constructor(
    private readonly db: Knex,
    private readonly anchorFile: string | undefined,
  ) {}

  verify(): Promise<AuditVerification> {
    this.running ??= verifyWithAnchors(this.db, this.anchorFile).finally(() => {
      this.running = null;
    });
    return this.running;
  }
}

/**
 * Looks at the whole log, with the anchors of a file.
 * @throws the file system's error where the file cannot be read
 */
export async function verifyWithAnchors(
  db: Knex,
  anchorFile: string | undefined,
  onProgress?: (progress: VerificationProgress) => void,
): Promise<AuditVerification> {
  return verifyAudit(db, anchorFile === undefined ? null : await anchorsUntilNow(anchorFile), onProgress);
}

/** Where to look without a server. */
export interface AuditPlaces {
  readonly databaseUrl: string;
  /** File of anchors; undefined: the chain is compared with none. */
  readonly anchorFile: string | undefined;
}

/**
 * Looks at the whole log of a database, with a connection of its own that only reads.
 * @throws the error of the database or the file system
 */
export async function verifyDatabase(
  { databaseUrl, anchorFile }: AuditPlaces,
  onProgress: (progress: VerificationProgress) => void,
): Promise<AuditVerification> {
  const db = openDatabase(databaseUrl, 1);
  try {
    return await verifyWithAnchors(db, anchorFile, onProgress);
  } finally {
    await db.destroy();
  }
}
