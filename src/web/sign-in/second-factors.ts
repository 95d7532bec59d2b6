import { createHash, randomInt } from 'node:crypto';
import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { KeyRing, SealedFor } from '../../kernel/key-ring.js';
import type { SessionStage } from './session-store.js';
import type { SignInThrottle } from './throttle.js';
import { matchingStep, newTotpSecret } from './totp.js';

const recoveryCodes = { count: 10, length: 12, letters: 'abcdefghjkmnpqrstuvwxyz23456789' } as const;

interface StoredFactor {
  readonly sealed: Buffer;
  readonly keyId: string;
  readonly confirmed: boolean;
  readonly lastStep: string;
}

/** What an administrator sees of an account's second factor. */
export interface SecondFactorState {
  readonly enrolled: boolean;
  /** Asked for by the account itself, not by one of its roles. */
  readonly required: boolean;
}

/** Codes of authenticator apps (TOTP) as a second factor: of whom they are asked, secrets, recovery codes. */
export class SecondFactors {
  /** @param now clock in milliseconds since 1970 */
  constructor(
    private readonly db: Knex,
    private readonly keys: KeyRing,
    private readonly throttle: SignInThrottle,
    private readonly now: () => number = Date.now,
  ) {}

  /** What a right password opens: a session, the page of the code, or the page where a second factor is set up. */
  async stageFor(account: string, roles: ReadonlySet<string>): Promise<SessionStage> {
    if ((await this.read(account))?.confirmed === true) return 'code';
    return (await this.isRequired(account, roles)) ? 'enrolment' : 'open';
  }

  /** Whether the account, or one of its roles, has to have a second factor. */
  async isRequired(account: string, roles: ReadonlySet<string>): Promise<boolean> {
    const rules = await this.db('second_factor_rule')
      .where({ account })
      .orWhereIn('role', [...roles])
      .limit(1);
    return rules.length > 0;
  }

  async stateOf(account: string): Promise<SecondFactorState> {
    const factor = await this.read(account);
    const rule: object | undefined = await this.db('second_factor_rule').where({ account }).first('account');
    return { enrolled: factor?.confirmed === true, required: rule !== undefined };
  }

  /** Roles whose members have to have a second factor. */
  async rolesAsked(): Promise<Set<string>> {
    return new Set(await this.db('second_factor_rule').whereNotNull('role').pluck<string[]>('role'));
  }

  /** Asks an account, or the members of a role, for a second factor, or does not ask any more. */
  async ask(whom: { readonly account: string } | { readonly role: string }, required: boolean): Promise<void> {
    if (!required) await this.db('second_factor_rule').where(whom).delete();
    else await this.db('second_factor_rule').insert(whom).onConflict(Object.keys(whom)).ignore();
  }

  /**
   * The secret to set an app up with, the same until it is confirmed.
   * @returns base32
   * @throws ProductError `exists-already` where there is a confirmed one
   */
  async begin(account: string): Promise<string> {
    const { sealed, keyId } = this.keys.seal(newTotpSecret(), placeOf(account));
    await this.db('second_factor').insert({ account, sealed, key_id: keyId }).onConflict('account').ignore();
    const factor = await this.read(account);
    if (factor === null || factor.confirmed)
      throw new ProductError('exists-already', 'There is a second factor already. Remove it first.');
    return this.keys.open(factor, placeOf(account));
  }

  /**
   * Confirms the secret by a first code.
   * @returns recovery codes, which are shown this once
   * @throws ProductError `second-factor-wrong`, `too-many-attempts`, `exists-already`
   */
  async confirm(account: string, code: string): Promise<readonly string[]> {
    await this.begin(account);
    const attempt = await this.throttle.beginCode(account);
    if (!(await this.takeTotp(account, code))) throw wrong();
    await attempt.withdraw();
    const codes = Array.from({ length: recoveryCodes.count }, newRecoveryCode);
    await this.db.transaction(async (trx) => {
      await trx('second_factor').where({ account }).update({ confirmed: true });
      await trx('recovery_code').where({ account }).delete();
      await trx('recovery_code').insert(codes.map((each) => ({ account, code_hash: hashOf(each) })));
    });
    return codes;
  }

  /**
   * Takes a code of the app, or a recovery code; each counts once.
   * @throws ProductError `second-factor-wrong`, `too-many-attempts`
   */
  async take(account: string, typed: string): Promise<'app' | 'recovery'> {
    const attempt = await this.throttle.beginCode(account);
    const code = typed.replace(/[\s-]/g, '').toLowerCase();
    const way = (await this.takeTotp(account, code))
      ? 'app'
      : (await this.takeRecovery(account, code))
        ? 'recovery'
        : null;
    if (way === null) throw wrong();
    await attempt.withdraw();
    return way;
  }

  /** Removes an account's second factor with its recovery codes; whether one is asked for stays as it is. */
  async remove(account: string): Promise<void> {
    await this.db('second_factor').where({ account }).delete();
  }

  /** Removes all that is known of an account that is gone. */
  async forget(account: string): Promise<void> {
    await this.remove(account);
    await this.db('second_factor_rule').where({ account }).delete();
  }

  private async takeTotp(account: string, code: string): Promise<boolean> {
    const factor = await this.read(account);
    if (factor === null) return false;
    const secret = this.keys.open(factor, placeOf(account));
    const step = matchingStep(secret, code, this.now(), Number(factor.lastStep));
    if (step === null) return false;
    // Of two that send the same code at once, one comes first.
    const taken = await this.db('second_factor')
      .where({ account })
      .where('last_step', '<', step)
      .update({ last_step: step });
    return taken === 1;
  }

  private async takeRecovery(account: string, code: string): Promise<boolean> {
    return (
      (await this.db('recovery_code')
        .where({ account, code_hash: hashOf(code) })
        .delete()) === 1
    );
  }

  private async read(account: string): Promise<StoredFactor | null> {
    const columns = { sealed: 'sealed', keyId: 'key_id', confirmed: 'confirmed', lastStep: 'last_step' } as const;
    const row = await this.db('second_factor').where({ account }).first<StoredFactor | undefined>(columns);
    return row ?? null;
  }
}

/** What the key ring seals an account's secret for. */
export function placeOf(account: string): SealedFor {
  return { place: `second-factor:${account}`, what: `second factor of ${account}` };
}

function wrong(): ProductError {
  return new ProductError('second-factor-wrong', 'The code is wrong, or was used already. Wait for the next one.');
}

function newRecoveryCode(): string {
  const { length, letters } = recoveryCodes;
  return Array.from({ length }, () => letters[randomInt(letters.length)] ?? '').join('');
}

/** Sixty random bits need no slow hash. */
function hashOf(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}
