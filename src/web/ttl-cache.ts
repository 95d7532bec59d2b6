/**
 * Remembers the outcome of a look-up for a while. Concurrent look-ups of one key share one load; a failed load is
 * forgotten at once, and the oldest entry goes when the cache is full.
 */
export class TtlCache<T> {
  private readonly entries = new Map<string, { readonly value: Promise<T>; readonly freshUntil: number }>();

  /**
   * @param ttlMs how long an outcome counts, in milliseconds; Infinity for what never changes
   * @param maxEntries most keys held at once
   * @param now clock in milliseconds
   */
  constructor(
    private readonly ttlMs: number,
    private readonly maxEntries: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    if (known !== undefined && known.freshUntil > this.now()) return known.value;
    const entry = { value: load(), freshUntil: this.now() + this.ttlMs };
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.value.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.maxEntries && oldest !== undefined) this.entries.delete(oldest);
    return entry.value;
  }

  forget(key: string): void {
    this.entries.delete(key);
  }

  /** Forgets everything. */
  clear(): void {
    this.entries.clear();
  }
}
