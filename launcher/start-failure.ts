/** A start that cannot continue. The message is one sentence that names the cure; it is shown as it is, without a stack. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** The `code` of a system error (`ENOENT`, `EACCES`, …), or an empty text. */
export function systemCode(raw: unknown): string {
  const { code } = (raw ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
