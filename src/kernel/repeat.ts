import type { Logger } from './log.js';

/** Does something again and again, one at a time, with a pause between; a failure is logged when it begins and ends. */
export function repeat(everyMs: number, log: Logger, work: () => Promise<void>): { stop(): Promise<void> } {
  let stopped = false;
  let failing = false;
  let wake: () => void = () => undefined;
  const loop = async () => {
    for (;;) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (stopped) resolve();
        else setTimeout(resolve, everyMs).unref();
      });
      if (stopped) return;
      try {
        await work();
        if (failing) log.info('the regular look round works again');
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ err: error }, 'the regular look round failed; it is repeated');
        failing = true;
      }
    }
  };
  const ended = loop();
  return {
    stop: () => {
      stopped = true;
      wake();
      return ended;
    },
  };
}
