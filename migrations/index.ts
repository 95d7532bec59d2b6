import type { Knex } from 'knex';
import * as cards from './0001_cards.js';
import * as taskAttempts from './0002_task_attempts.js';
import * as sessions from './0003_sessions.js';
import * as mail from './0004_mail.js';
import * as mailLink from './0005_mail_link.js';
import * as workers from './0006_workers.js';
import * as production from './0007_production.js';
import * as cardSecrets from './0008_card_secrets.js';
import * as deployments from './0009_deployments.js';
import * as firstStep from './0010_first_step.js';
import * as auditSeal from './0011_audit_seal.js';
import * as batchOrders from './0012_batch_orders.js';
import * as decisionApprovals from './0013_decision_approvals.js';
import * as retention from './0014_retention.js';
import * as accountsAndLists from './0015_accounts_and_lists.js';
import * as requestBatches from './0016_request_batches.js';
import * as searchIndexes from './0017_search_indexes.js';
import * as backendKinds from './0018_backend_kinds.js';
import * as backendSecretOrigin from './0019_backend_secret_origin.js';
import * as abortBeforeRegistration from './0020_abort_before_registration.js';
import * as signIn from './0021_sign_in.js';
import * as mailBlame from './0022_mail_blame.js';
import * as holderAccounts from './0023_holder_accounts.js';
import * as leastPrivilege from './0024_least_privilege.js';
import * as sealedFacts from './0025_sealed_facts.js';
import * as batchRowWords from './0026_batch_row_words.js';
import * as lastDayOfValidity from './0027_last_day_of_validity.js';
import * as stuckProcess from './0028_stuck_process.js';
import * as pendingChanges from './0029_pending_changes.js';
import * as ownGroups from './0030_own_groups.js';

export interface NamedMigration extends Knex.Migration {
  readonly name: string;
  down(knex: Knex): Promise<void>;
}

/** Numbered and append-only: a migration that has been released is never edited. */
export const migrations: readonly NamedMigration[] = [
  { name: '0001_cards', ...cards },
  { name: '0002_task_attempts', ...taskAttempts },
  { name: '0003_sessions', ...sessions },
  { name: '0004_mail', ...mail },
  { name: '0005_mail_link', ...mailLink },
  { name: '0006_workers', ...workers },
  { name: '0007_production', ...production },
  { name: '0008_card_secrets', ...cardSecrets },
  { name: '0009_deployments', ...deployments },
  { name: '0010_first_step', ...firstStep },
  { name: '0011_audit_seal', ...auditSeal },
  { name: '0012_batch_orders', ...batchOrders },
  { name: '0013_decision_approvals', ...decisionApprovals },
  { name: '0014_retention', ...retention },
  { name: '0015_accounts_and_lists', ...accountsAndLists },
  { name: '0016_request_batches', ...requestBatches },
  { name: '0017_search_indexes', ...searchIndexes },
  { name: '0018_backend_kinds', ...backendKinds },
  { name: '0019_backend_secret_origin', ...backendSecretOrigin },
  { name: '0020_abort_before_registration', ...abortBeforeRegistration },
  { name: '0021_sign_in', ...signIn },
  { name: '0022_mail_blame', ...mailBlame },
  { name: '0023_holder_accounts', ...holderAccounts },
  { name: '0024_least_privilege', ...leastPrivilege },
  { name: '0025_sealed_facts', ...sealedFacts },
  { name: '0026_batch_row_words', ...batchRowWords },
  { name: '0027_last_day_of_validity', ...lastDayOfValidity },
  { name: '0028_stuck_process', ...stuckProcess },
  { name: '0029_pending_changes', ...pendingChanges },
  { name: '0030_own_groups', ...ownGroups },
];
