import { InvalidArgumentError, type Command } from 'commander';

/** The options of every list. */
export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string;
}

/** Adds `--limit` and `--cursor`. */
export function withPages(command: Command): Command {
  return command
    .option('--limit <n>', 'most rows to show, 1 to 200', wholeNumber(1, 200), 50)
    .option('--cursor <cursor>', 'continue where the previous page ended');
}

/** The lines below a page of a list, when there are more. */
export function moreLines(next: string | null): string[] {
  return next === null ? [] : ['', `There are more: repeat the command with --cursor ${next}`];
}

/** Reads an option that is a whole number between two bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

/** Reads a date, for its beginning, or a date with time; without a zone they are of the installation, which reads them itself. */
export function moment(text: string): string {
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;
  const date = new Date(text.includes('T') ? text : `${text}T00:00`);
  if (form.test(text) && !Number.isNaN(date.getTime())) return text;
  throw new InvalidArgumentError('Give a date such as 2026-01-31 or a time such as 2026-01-31T08:00.');
}

/** Reads an option that is yes or no. */
export function yesOrNo(text: string): boolean {
  if (text === 'yes') return true;
  if (text === 'no') return false;
  throw new InvalidArgumentError('Give yes or no.');
}

/** Reads an option that may also be `none`; commander takes no null from a reader, see `nullIfNone`. */
export function orNone<T>(read: (text: string) => T): (text: string) => T | 'none' {
  return (text) => (text === 'none' ? text : read(text));
}

/** What the interface calls the absence that people write as `none`; undefined stays what was not named. */
export function nullIfNone<T>(value: T | undefined): Exclude<T, 'none'> | null | undefined {
  return value === 'none' ? null : (value as Exclude<T, 'none'> | undefined);
}
