import type { Knex } from '../../kernel/db/database.js';

/** The channel on which servers notify each other. */
export const accountChannel = 'account_changed';

/**
 * Notifies every server that an account has other roles, another password or is gone, so that nothing that one of them
 * remembers outlives the change: this one at once, the others as soon as PostgreSQL has notified them.
 */
export class AccountChanges {
  private readonly listeners: ((account: string | null) => void)[] = [];

  constructor(private readonly db: Knex) {}

  /** @param listener gets the account, or null where any may have changed */
  onChange(listener: (account: string | null) => void): void {
    this.listeners.push(listener);
  }

  /** Another server has announced a change, or may have: everything remembered is forgotten, and read again on demand. */
  heard(): void {
    this.publish(null);
  }

  /** @param account null where many have changed at once */
  async announce(account: string | null): Promise<void> {
    this.publish(account);
    await this.db.raw('select pg_notify(?, ?)', [accountChannel, '']);
  }

  private publish(account: string | null): void {
    for (const listener of this.listeners) listener(account);
  }
}
