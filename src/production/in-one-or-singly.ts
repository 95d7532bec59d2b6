/**
 * Does something with many items at once and, where that fails, with each by itself, so that one that cannot be dealt with
 * does not hold up the others.
 * @param onFallback called with the error of all of them together
 * @throws what `work` threw of the first item that failed by itself; the others are done then
 */
export async function inOneOrSingly<T>(
  items: readonly T[],
  work: (items: readonly T[]) => Promise<void>,
  onFallback: (raw: unknown) => void,
): Promise<void> {
  if (items.length === 0) return;
  try {
    await work(items);
    return;
  } catch (raw) {
    if (items.length === 1) throw raw;
    onFallback(raw);
  }
  const failures: unknown[] = [];
  for (const item of items) await work([item]).catch((raw: unknown) => failures.push(raw));
  if (failures.length > 0) throw failures[0];
}
