import type { Knex } from '../../kernel/db/database.js';

/** The channel on which servers tell each other. */
export const accountChannel = 'account_changed';

/**
 * Tells every server that an account has other roles, another password or is gone, so that nothing that one of them
 * remembers outlives the change: this one at once, the others as soon as PostgreSQL has told them.
 */
export class AccountChanges {
  private readonly listeners: ((account: string | null) => void)[] = [];

  constructor(private readonly db: Knex) {}

  /** @param listener told the account, or null where any may have changed */
  onChange(listener: (account: string | null) => void): void {
    this.listeners.push(listener);
  }

  /** Another server has told of a change, or may have: all is forgotten, which costs a look each. */
  heard(): void {
    this.tell(null);
  }

  /** @param account null where many have changed at once */
  async announce(account: string | null): Promise<void> {
    this.tell(account);
    await this.db.raw('select pg_notify(?, ?)', [accountChannel, '']);
  }

  private tell(account: string | null): void {
    for (const listener of this.listeners) listener(account);
  }
}
