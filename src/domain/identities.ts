/** Nobody sees these in a list, so two names that differ only in them are one. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Nearly every reference: it has its one form already, and an import brings hundreds of thousands. */
const plain = /^[!-~]*$/;

/**
 * The one form of what names a person: employee number, UPN or e-mail address. Compatibility letters are replaced by plain ones
 * (NFKC), invisible characters are removed, blanks are collapsed and trimmed. Two references that differ in case only name the
 * same person; the case that is stored is the one that was given.
 */
export function canonicalReference(text: string): string {
  if (plain.test(text)) return text;
  return text.normalize('NFKC').replace(invisible, '').normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/** The one form of an account: that of a reference, in small letters. Every comparison of accounts is made in it. */
export function canonicalAccount(text: string): string {
  return canonicalReference(canonicalReference(text).toLowerCase());
}

/** True where both name the same account. */
export function isSameAccount(one: string, other: string): boolean {
  return canonicalAccount(one) === canonicalAccount(other);
}
