import type { Logger } from './log.js';

/** How long a part may take to end in good order once the launcher is gone (ms). */
const orphanedMs = 5_000;

/**
 * The life of one process of the installation: ends in good order on SIGTERM, SIGINT or when the launcher that started
 * it is gone, and reports to the launcher over the IPC channel when it cannot start.
 * @param start starts the part and returns what ends it
 */
export async function runPart(
  log: Logger,
  part: string,
  start: () => Promise<{ stop(): Promise<void> }>,
): Promise<void> {
  try {
    const running = await start();
    let stopping: Promise<never> | null = null;
    const end = (why: string) => {
      stopping ??= (async () => {
        log.info({ why }, 'stopping');
        await running.stop();
        process.exit(0);
      })();
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        end(signal);
      });
    }
    process.on('disconnect', () => {
      end('the launcher is gone');
      // Nobody is left who would end what hangs.
      setTimeout(() => process.exit(1), orphanedMs).unref();
    });
  } catch (error) {
    log.fatal({ err: error }, `the ${part} cannot start`);
    notifyLauncher({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
}

/** Sends the launcher a message; does nothing without a launcher. */
export function notifyLauncher(message: object): void {
  process.send?.(message);
}
