/** As much of a structured logger as the runtime needs; a pino logger is one. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: Record<string, unknown>): Log;
}

/**
 * What may be logged of an error: its kind, message, code, stack and causes. Other properties stay out, because drivers
 * put data into them (PostgreSQL's `detail` quotes the row).
 */
export function describeError(raw: unknown, depth = 0): Record<string, unknown> {
  if (!(raw instanceof Error)) return { message: `something other than an error was thrown: ${typeof raw}` };
  return {
    type: raw.name,
    message: raw.message,
    ...('code' in raw ? { code: raw.code } : {}),
    stack: raw.stack,
    ...(raw.cause === undefined || depth === 3 ? {} : { cause: describeError(raw.cause, depth + 1) }),
  };
}

/** The same log, except that a fault in it (a full disk, a broken pipe) never becomes a fault of the caller. */
export function unfailing(log: Log): Log {
  const guard = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: object, message: string) => {
    try {
      log[level](fields, message);
    } catch {
      // There is no place left to say it.
    }
  };
  return {
    ...{ debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') },
    child: (bindings) => unfailing(log.child(bindings)),
  };
}

const ignore = (): void => undefined;

/** Logs nothing. */
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silentLog };
