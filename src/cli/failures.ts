/** What the shell learns from a command; `--help` lists it. */
export const exitCodes = {
  done: { code: 0, meaning: 'done' },
  refused: { code: 1, meaning: 'refused, with the reason; nothing was changed' },
  usage: { code: 2, meaning: 'not a command, option or value that there is' },
  unavailable: { code: 3, meaning: 'the installation does not run, or does not answer just now' },
  denied: { code: 4, meaning: 'not signed in, or in none of the groups that it needs' },
} as const;

export type ExitKind = keyof typeof exitCodes;

/** A command that cannot be done. The message is one sentence with the cure, shown without a stack. */
export class CliFailure extends Error {
  override readonly name: string = 'CliFailure';

  constructor(
    readonly kind: ExitKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A refusal by the server, with its problem+json as it came. */
export class Refusal extends CliFailure {
  override readonly name = 'Refusal';

  constructor(
    kind: ExitKind,
    message: string,
    readonly problem: Readonly<Record<string, unknown>>,
  ) {
    super(kind, message);
  }
}

/** The `code` of a system error (`ENOENT`, `ECONNREFUSED`, …), or an empty text. */
export function systemCode(raw: unknown): string {
  const { code } = (raw ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}
