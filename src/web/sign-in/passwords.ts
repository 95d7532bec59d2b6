import { createHmac, randomBytes } from 'node:crypto';
import { technicalAccounts } from '../../domain/roles.js';
import { ProductError } from '../../kernel/errors.js';
import { TtlCache } from '../ttl-cache.js';
import type { Directory } from './directory.js';
import type { SignInThrottle } from './throttle.js';

/** How long a verified password counts without asking the engine again, in milliseconds. */
const VERIFIED_TTL = 30_000;
const MAX_LENGTH = 1_000;

export interface Credentials {
  readonly account: string;
  readonly password: string;
}

/** Verifies passwords at the directory, with limits on failed tries. Technical accounts have none that counts. */
export class Passwords {
  private readonly verified = new TtlCache<void>(VERIFIED_TTL, 10_000);
  /** Of this process only, so that the keys of the cache tell nothing about passwords. */
  private readonly key = randomBytes(32);

  constructor(
    private readonly directory: Directory,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * @param address where the try comes from, for the limits
   * @throws ProductError `unauthenticated`, `too-many-attempts`, `engine-unavailable`
   */
  async verify({ account, password }: Credentials, address: string): Promise<void> {
    this.throttle.begin(account, address);
    const technical = Object.values<string>(technicalAccounts).includes(account.trim().toLowerCase());
    const tooLong = account.length > MAX_LENGTH || password.length > MAX_LENGTH;
    if (technical || tooLong || !(await this.judge(account, password, address))) {
      throw new ProductError('unauthenticated', 'The account or the password is wrong.');
    }
    this.throttle.succeeded(account, address);
  }

  private async judge(account: string, password: string, address: string): Promise<boolean> {
    try {
      return await this.directory.verify(account, password);
    } catch (raw) {
      this.throttle.withdraw(account, address);
      throw raw;
    }
  }

  /** As `verify`, for callers that send their password with every request. */
  verifyOften(credentials: Credentials, address: string): Promise<void> {
    const hmac = createHmac('sha256', this.key).update(JSON.stringify([credentials.account, credentials.password]));
    return this.verified.get(hmac.digest('base64'), () => this.verify(credentials, address));
  }
}
