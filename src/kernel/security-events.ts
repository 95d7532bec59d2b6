import { Counter, type Registry } from 'prom-client';
import type { ErrorCode } from './errors.js';
import type { Logger } from './log.js';

interface EventKind {
  /** Level of the line in the log: `warn` where someone should look at it today. */
  readonly level: 'info' | 'warn';
  /**
   * How it gets into the audit log. `each`: recording the event puts it there. `first`: so does recording the first one of
   * an account in a minute, so that nobody fills the log by being refused. `change`: the change does, in its own
   * transaction, unless people did it to their own account. `no`: not at all, since no person is proven to have acted.
   */
  readonly audit: 'each' | 'first' | 'change' | 'no';
  readonly help: string;
}

/** Every security event that the product records. The names are stable: monitoring compares them. */
export const securityEvents = {
  'signed-in': { level: 'info', audit: 'each', help: 'A person opened a session' },
  'signed-out': { level: 'info', audit: 'each', help: 'A person signed out' },
  'sessions-ended': {
    level: 'info',
    audit: 'change',
    help: 'Sessions of an account were ended by someone or something',
  },
  'sign-in-failed': { level: 'warn', audit: 'no', help: 'A password or an account was wrong' },
  'second-factor-failed': { level: 'warn', audit: 'no', help: 'The password was right, the second factor wrong' },
  'sign-in-locked': { level: 'warn', audit: 'no', help: 'Too many failed tries: further ones have to wait' },
  'password-changed': { level: 'info', audit: 'change', help: 'An account has another password' },
  'second-factor-changed': { level: 'info', audit: 'change', help: 'An account has another second factor, or none' },
  'account-created': { level: 'info', audit: 'change', help: 'An account was created' },
  'account-removed': { level: 'info', audit: 'change', help: 'An account was removed' },
  'profile-changed': { level: 'info', audit: 'change', help: 'An account has another name or e-mail address' },
  'roles-changed': { level: 'warn', audit: 'change', help: 'An account has other roles' },
  'keys-changed': {
    level: 'warn',
    audit: 'change',
    help: 'A key or password of the installation, of its parts or of a card production backend was changed',
  },
  'backend-address-changed': {
    level: 'warn',
    audit: 'change',
    help: 'A card production backend is called at another address',
  },
  'cross-site-refused': { level: 'warn', audit: 'no', help: 'Another site made a browser send a change' },
  'signature-refused': { level: 'warn', audit: 'no', help: 'The signature of a program was wrong' },
  'access-refused': { level: 'warn', audit: 'first', help: 'A signed-in person tried what they may not do' },
  'duties-refused': {
    level: 'warn',
    audit: 'first',
    help: 'A person would have decided on or produced a card that their duties exclude',
  },
  'gate-refused': { level: 'warn', audit: 'first', help: 'The gate refused diagrams' },
  'audit-alarm': { level: 'warn', audit: 'no', help: 'The audit log is not as it was sealed' },
  'audit-alarm-acknowledged': {
    level: 'warn',
    audit: 'change',
    help: 'An administrator acknowledged an alarm of the audit log',
  },
} as const satisfies Record<string, EventKind>;

export type SecurityEventName = keyof typeof securityEvents;

/** Refusals that are security events, by their code. */
export const refusalEvents: Readonly<Partial<Record<ErrorCode, SecurityEventName>>> = {
  'cross-site': 'cross-site-refused',
  'signature-refused': 'signature-refused',
  forbidden: 'access-refused',
  'not-own-request': 'access-refused',
  'needs-administrator': 'access-refused',
  'self-approval': 'duties-refused',
  'approved-already': 'duties-refused',
  'self-production': 'duties-refused',
  'models-refused': 'gate-refused',
};

/** What is known of an event. Never a password, a token or a key. */
export interface SecurityEvent {
  /** Who acted, or which account was tried; undefined where nobody is known. */
  readonly account?: string | undefined;
  /** Account that was changed, where it is another one. */
  readonly subject?: string | undefined;
  /** Network address of the caller. */
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
  /** True for what people did to their own account on a page: no row of a change records it. */
  readonly own?: true;
  /** Anything else, for the log; names nobody but by account or id. */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
}

/** An event as the audit log takes it. */
export interface SecurityAuditRow {
  readonly actor: string;
  readonly action: SecurityEventName;
  readonly objectType: 'account';
  readonly objectId: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface SecurityEventsDeps {
  readonly log: Logger;
  readonly metrics?: Registry | undefined;
  /** Appends a row to the audit log; without it events are in the log only. */
  readonly audit?: ((row: SecurityAuditRow) => Promise<void>) | undefined;
  /** Clock in milliseconds. */
  readonly now?: () => number;
}

/** What `first` means (ms). */
const firstWithinMs = 60_000;

/** Most pairs of event and account that are remembered for that. */
const mostRemembered = 10_000;

/** Records security events: a structured line in the log, a counter, and a row of the audit log where a person acted. */
export class SecurityEvents {
  private readonly counter: Counter;
  private readonly auditedAt = new Map<string, number>();

  constructor(private readonly deps: SecurityEventsDeps) {
    this.counter = new Counter({
      name: 'cards_security_events_total',
      help: 'Security events by name',
      labelNames: ['event'],
      registers: deps.metrics === undefined ? [] : [deps.metrics],
    });
    for (const event of Object.keys(securityEvents)) this.counter.inc({ event }, 0);
  }

  /** Records one event. Never rejects: what cannot be put into the audit log is an error in the log. */
  async record(name: SecurityEventName, event: SecurityEvent = {}): Promise<void> {
    const { level, audit, help } = securityEvents[name];
    this.counter.inc({ event: name });
    this.deps.log[level]({ event: name, ...event }, `security: ${help}`);
    if (event.account === undefined || audit === 'no' || (audit === 'change' && event.own !== true)) return;
    if (audit !== 'first' || this.isFirst(`${name} ${event.account}`)) await this.audit(name, event.account, event);
  }

  private async audit(
    action: SecurityEventName,
    actor: string,
    { subject, requestId, details }: SecurityEvent,
  ): Promise<void> {
    if (this.deps.audit === undefined) return;
    try {
      const objectId = subject ?? actor;
      await this.deps.audit({ actor, action, objectType: 'account', objectId, details: { ...details, requestId } });
    } catch (error) {
      this.deps.log.error({ err: error, event: action, account: actor }, 'a security event is not in the audit log');
    }
  }

  private isFirst(key: string): boolean {
    const now = (this.deps.now ?? Date.now)();
    if (now - (this.auditedAt.get(key) ?? -Infinity) < firstWithinMs) return false;
    this.auditedAt.delete(key);
    this.auditedAt.set(key, now);
    const [oldest] = this.auditedAt.keys();
    if (this.auditedAt.size > mostRemembered && oldest !== undefined) this.auditedAt.delete(oldest);
    return true;
  }
}
