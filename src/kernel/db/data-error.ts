import { databaseError } from './database.js';

/** PostgreSQL's data exceptions (class 22) that a value of ours can cause, in words; its own messages may quote the value. */
const exceptions: Readonly<Record<string, string>> = {
  '22001': 'a text is too long',
  '22003': 'a number is out of range',
  '22007': 'a date or duration has the wrong form',
  '22008': 'a date or duration is out of range',
  '22015': 'a duration is out of range',
  '22021': 'a text holds a character that cannot be stored',
  '22P02': 'a value has the wrong form',
  '22P05': 'a text holds a character that cannot be stored',
};

/** What is wrong with the data of a statement that the database refuses on every try, or null for any other error. */
export function dataErrorOf(raw: unknown): string | null {
  const error = databaseError(raw);
  if (error?.code.startsWith('22') !== true) return null;
  return `The database cannot take a value: ${exceptions[error.code] ?? 'it cannot be used'} (${error.code}).`;
}
