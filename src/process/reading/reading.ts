/**
 * What a process engine runs of a diagram: of each element by its id (the process, activities, events, sequence flows)
 * the facts that decide about it. Every fact is a list of texts; what is as usual is left out.
 */
export type Reading = Readonly<Record<string, ElementReading>>;
export type ElementReading = Readonly<Record<string, readonly string[]>>;

/** The facts of one element while they are gathered. */
export class Facts {
  readonly values: Record<string, string[]> = {};

  /** Adds a text to a fact; nothing where there is none. */
  add(name: string, value: unknown): this {
    if (typeof value === 'string') (this.values[name] ??= []).push(value);
    return this;
  }

  /** Adds a fact that matters only where it holds. */
  addIf(name: string, holds: boolean, value = 'true'): this {
    return holds ? this.add(name, value) : this;
  }

  addUnless(name: string, value: string | undefined, usual: string): this {
    return value === usual ? this : this.add(name, value);
  }

  addAll(name: string, values: readonly string[]): this {
    for (const value of values) this.add(name, value);
    return this;
  }
}
