import { hash, verify } from '@node-rs/argon2';

/**
 * Argon2id with a memory of 19 MiB and two passes, as the OWASP Password Storage Cheat Sheet asks for at least: about
 * 25 ms on a desktop core. An older hash with other parameters is still judged, and made anew at the next sign-in.
 */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const current = '$argon2id$v=19$m=19456,t=2,p=1$';

/** Of a password that nobody knows: judged where an account has no hash, so that both take the same time. */
const nobodys = '$argon2id$v=19$m=19456,t=2,p=1$g5aHFUwPdcv/QNV91G/HgQ$x5GI02HsYXCvisYfTZFRhutUO2nS+hGZJUiZhmiCafM';

/**
 * The one form in which passwords are compared: RFC 8265, OpaqueString. Every blank is the ASCII one, and letters with
 * marks are composed (NFC), so that a password typed on another system is the same.
 */
export function opaqueString(password: string): string {
  return password.replace(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** @returns the PHC string of a password, with a salt of its own */
export function hashPassword(password: string): Promise<string> {
  return hash(opaqueString(password), parameters);
}

/** Whether a hash is of this password. Takes its time also where there is no hash: then it is wrong. */
export async function isPassword(password: string, phc: string | null): Promise<boolean> {
  const right = await verify(phc ?? nobodys, opaqueString(password));
  return right && phc !== null;
}

/** Whether a hash has the current parameters. */
export function isCurrent(phc: string): boolean {
  return phc.startsWith(current);
}
