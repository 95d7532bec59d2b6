import { watch } from 'chokidar';
import { relative } from 'node:path';

/** Editors write a file in several steps, and several files at once (milliseconds). */
const settleMs = 100;

/**
 * Calls `changed` with the files that were saved in a folder, one call at a time: what is saved meanwhile waits for the
 * next. Files that are removed are nothing to deploy.
 * @param changed gets paths relative to the folder, and the time of the first change (`performance.now()`)
 * @returns when it watches; ends it
 */
export async function watchFiles(
  folder: string,
  pattern: RegExp,
  changed: (names: readonly string[], since: number) => Promise<void>,
): Promise<() => Promise<void>> {
  const waiting = new Map<string, number>();
  let working = Promise.resolve();
  const work = async (): Promise<void> => {
    const names = [...waiting.keys()].sort();
    const since = Math.min(...waiting.values());
    waiting.clear();
    if (names.length > 0) await changed(names, since);
  };
  let timer: NodeJS.Timeout | undefined;
  const note = (path: string): void => {
    const name = relative(folder, path);
    if (!pattern.test(name)) return;
    if (!waiting.has(name)) waiting.set(name, performance.now());
    clearTimeout(timer);
    timer = setTimeout(() => {
      working = working.then(work);
    }, settleMs);
  };
  const watcher = watch(folder, { ignoreInitial: true });
  watcher.on('add', note).on('change', note);
  await new Promise<void>((resolve) => {
    watcher.on('ready', resolve);
  });
  return async () => {
    clearTimeout(timer);
    await watcher.close();
    await working;
  };
}
