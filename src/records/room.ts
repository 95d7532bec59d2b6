import { anchorSettingsOf } from '../kernel/config.js';
import type { Face, Host } from '../web/face.js';
import { anchorPlaces } from './audit/anchors/anchor-places.js';
import { auditHealth } from './audit/audit-health.js';
import { AuditKeys } from './audit/signing/audit-keys.js';
import { auditRoutes } from './audit/audit-routes.js';
import { evidenceRoutes } from './audit/evidence-routes.js';
import { appendAudit, type AuditRow } from './audit/audit-store.js';
import { recordChange } from './audit/recorded-change.js';
import { AuditKeeper } from './audit/sealing/audit-keeper.js';
import { engineDirectory } from './mail/engine-directory.js';
import { mailPages } from './mail/mail-pages.js';
import { mailRoutes } from './mail/mail-routes.js';
import { noteKeys } from './keys/key-notes.js';
import { secretsOfServer } from './keys/held-secrets.js';
import { MailSender, type MailSenderOptions } from './mail/mail-sender.js';

/** The audit log, and mails. */
export interface Records extends Face {
  /** Writes a row that no change of ours causes. */
  append(row: AuditRow): Promise<void>;
  /** Makes a change outside our database and puts it on record. */
  recordChange(row: AuditRow, change: () => Promise<boolean>): Promise<void>;
  /** Whether mail goes out. */
  mailHealth(): ReturnType<MailSender['health']>;
  /** Whether the audit log is sealed and anchored. */
  auditHealth(): ReturnType<typeof auditHealth>;
}

/** @param later what a room below offers: production opens what a mail carries sealed */
export function openRecords(host: Host, later: Pick<MailSenderOptions, 'openSealed'>): Records {
  const { config, db, log, engine, system, security, keyRing } = host;
  const keys = config.AUDIT_KEYS_FILE === undefined ? null : new AuditKeys(config.AUDIT_KEYS_FILE);
  const places = anchorPlaces(anchorSettingsOf(config));
  const keeper = new AuditKeeper({ db, log, security, keys, places });
  const anchors = places.length === 0 ? null : places.flatMap(({ source }) => source ?? []);
  const sender = new MailSender({
    db,
    log,
    directory: engineDirectory(engine, system),
    openSealed: later.openSealed,
    smtpUrl: config.SMTP_URL,
    from: config.MAIL_FROM,
    publicUrl: config.PUBLIC_URL,
  });
  return {
    routes: [...mailRoutes(db), ...auditRoutes(db), ...evidenceRoutes(db, { evidence: { anchors, keys }, keeper })],
    pages: mailPages(db, { sending: config.SMTP_URL !== undefined }),
    // The keeper ends last, so that it seals what the others have left.
    jobs: [...keeper.jobs, sender],
    prepare: async () => {
      await noteKeys({ db, keys: keyRing, security }, secretsOfServer(config, keyRing));
      await keeper.open();
    },
    append: (row) => appendAudit(db, [row]),
    recordChange: (row, change) => recordChange(db, row, change),
    mailHealth: () => sender.health(),
    auditHealth: () => auditHealth(keeper.state),
  };
}
