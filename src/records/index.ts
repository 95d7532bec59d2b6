// The audit log.
export { appendAudit, listAudit } from './audit/audit-store.js';
export { auditSchema } from './audit/audit-routes.js';
export { anchorPlaces, namedSource } from './audit/anchors/anchor-places.js';
export { verifyDatabase } from './audit/audit-verifier.js';
export { AuditKeys } from './audit/signing/audit-keys.js';
// Mails: put in with the change that causes them, and their texts.
export { countMails, enqueueMail } from './mail/mail-outbox.js';
export {
  accountsChanged,
  requestDecided,
  requestWaiting,
  requestsDecided,
  requestsWaiting,
} from './mail/mail-texts.js';
