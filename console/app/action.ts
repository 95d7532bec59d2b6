import { useState } from 'preact/hooks';
import { asRefusal, type Refusal } from './api.js';

/** Something that a button does. */
export interface Action<A extends unknown[]> {
  readonly busy: boolean;
  readonly refusal: Refusal | null;
  /** Does it, unless it is being done; says whether it was done. */
  readonly run: (...args: A) => Promise<boolean>;
  /** Forgets the refusal. */
  readonly clear: () => void;
}

/** Follows something that a button does: busy while it lasts, then done or refused. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<void>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  return {
    busy,
    refusal,
    run: async (...args) => {
      if (busy) return false;
      setBusy(true);
      setRefusal(null);
      try {
        await work(...args);
        return true;
      } catch (raw) {
        setRefusal(asRefusal(raw));
        return false;
      } finally {
        setBusy(false);
      }
    },
    clear: () => {
      setRefusal(null);
    },
  };
}
