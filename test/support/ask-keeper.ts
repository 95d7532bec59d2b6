/** Whether this is a run of tests that has a keeper (keeper.ts), which lives in the process that runs Jest. */
export const hasKeeper = (): boolean => process.env['TEST_KEEPER'] !== undefined;

/** The worker process of Jest that runs this file: what is lent is lent to it. */
export const jestWorker = (): string => process.env['JEST_WORKER_ID'] ?? '1';

/**
 * Asks the keeper for what test files share or are lent.
 * @throws Error outside of `npm test`, in a file of the tier `pure`, and where what is asked for did not start
 */
export async function askKeeper<T>(question: string): Promise<T> {
  const keeper = process.env['TEST_KEEPER'];
  if (keeper === undefined)
    throw new Error('No keeper of PostgreSQL and engines: only `npm test` has one, and not for the tier "pure".');
  const response = await fetch(`${keeper}/${question}`);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}
