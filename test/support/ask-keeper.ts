/**
 * Asks the keeper of what test files share or are lent (keeper.ts), which lives in the process that runs Jest.
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
