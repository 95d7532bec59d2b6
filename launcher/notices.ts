import type { Notice } from './part-log.js';

const WARN = 40;
const levels: Readonly<Record<number, string>> = { 40: 'warning', 50: 'error', 60: 'fatal' };

/** Our own parts write one JSON object a line (pino). What is not JSON is Node's own last word about a crash. */
export const ownNotice: Notice = (line) => {
  let entry: { level?: unknown; msg?: unknown };
  try {
    entry = JSON.parse(line) as typeof entry;
  } catch {
    return /^\w*Error\b/.test(line) ? line : null;
  }
  if (typeof entry.level !== 'number' || entry.level < WARN) return null;
  return `${levels[entry.level] ?? 'error'}: ${typeof entry.msg === 'string' ? entry.msg : 'see its log'}`;
};

/**
 * The engine host: `2026-01-31T12:00:00.000Z ERROR Logger text`; its warnings ask nobody to act. What has another form
 * is the last word of the virtual machine itself.
 */
export const engineNotice: Notice = (line) => {
  const found = /^\S+ ERROR \S+ (.+)$/.exec(line) ?? /^((?:Error|Exception|Terminating)\b.+)$/.exec(line);
  return found?.[1] === undefined ? null : `error: ${found[1].slice(0, 160)}`;
};

/** PostgreSQL: an ERROR is an answer to a client; what the operator has to know is FATAL and PANIC. */
export const postgresNotice: Notice = (line) => {
  const found = /\b(?:FATAL|PANIC): {2}(.+)$/.exec(line);
  return found?.[1] === undefined || expected.test(found[1]) ? null : found[1];
};

/** What PostgreSQL says to clients while it starts and stops. */
const expected =
  /^(the database system is (starting up|shutting down|in recovery mode|not yet accepting)|terminating connection)/;
