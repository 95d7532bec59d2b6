import { pino, type Logger } from 'pino';

export type { Logger };

/** Log fields that could carry a secret are cut out wherever they appear. */
const secretFields = ['password', 'authorization', 'cookie', 'secret', 'pin', 'puk', 'token'];

/**
 * One JSON line an event on standard output. Levels say who must act: `error` someone now, `warn` someone today,
 * `info` nobody.
 * @param part name of the process: server, worker, launcher
 */
export function createLog(part: string, level: string): Logger {
  return pino({
    name: part,
    level,
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[cut]' },
  });
}
