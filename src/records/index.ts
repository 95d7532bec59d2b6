// The audit log.
export { appendAudit, listAudit } from './audit/audit-store.js';
export { auditSchema } from './audit/audit-routes.js';
export { verifyDatabase } from './audit/audit-verifier.js';
// Mails: put in with the change that causes them, and their texts.
export { countMails, enqueueMail } from './mail/mail-outbox.js';
export {
  accountsChanged,
  requestDecided,
  requestWaiting,
  requestsDecided,
  requestsWaiting,
} from './mail/mail-texts.js';
