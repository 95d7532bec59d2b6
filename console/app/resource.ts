import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asRefusal, type Refusal } from './api.js';

/** Something that is read from the server, and how far that is. */
export interface Resource<T> {
  /** Undefined until it was read; what was read last while it is read again. */
  readonly data: T | undefined;
  /** Why it could not be read the last time. */
  readonly refusal: Refusal | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface State<T> {
  readonly key: string;
  readonly data: T | undefined;
  readonly refusal: Refusal | null;
  readonly loading: boolean;
}

/**
 * Reads something when a component appears, and again when `key` changes.
 * @param key names what is read; data of another key is never shown
 * @param everyMs reads again in this rhythm while the page is seen (ms)
 */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>, everyMs?: number): Resource<T> {
  const [state, setState] = useState<State<T>>({ key, data: undefined, refusal: null, loading: true });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => {
    setTurn((before) => before + 1);
  }, []);

  useEffect(() => {
    const aborting = new AbortController();
    setState((before) => ({ key, data: before.key === key ? before.data : undefined, refusal: null, loading: true }));
    latest.current(aborting.signal).then(
      (data) => {
        setState({ key, data, refusal: null, loading: false });
      },
      (raw: unknown) => {
        if (!aborting.signal.aborted) setState((before) => ({ ...before, refusal: asRefusal(raw), loading: false }));
      },
    );
    return () => {
      aborting.abort();
    };
  }, [key, turn]);

  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs, reload]);

  const current = state.key === key;
  return {
    data: current ? state.data : undefined,
    refusal: current ? state.refusal : null,
    loading: !current || state.loading,
    reload,
  };
}
