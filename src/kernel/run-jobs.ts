import { Listener } from './db/listen.js';
import { JobLoop, type Job } from './job.js';
import type { Logger } from './log.js';

/**
 * Runs jobs, each in a loop of its own, and listens to the channels that wake them over one connection.
 * @param url PostgreSQL connection URI
 * @returns what ends them: no round begins any more, and they end in reverse order
 */
export async function runJobs(jobs: readonly Job[], url: string, log: Logger): Promise<{ stop(): Promise<void> }> {
  const loops = jobs.map((job) => ({ loop: new JobLoop(job, log), channels: job.wokenBy ?? [] }));
  const channels = new Set(loops.flatMap((each) => each.channels));
  const listener = new Listener(url, channels, log, (channel) => {
    for (const { loop, channels } of loops) if (channels.includes(channel)) loop.notify();
  });
  for (const { loop } of loops) loop.start();
  await listener.start();
  return {
    stop: async () => {
      await listener.stop();
      for (const { loop } of loops) loop.halt();
      for (const { loop } of loops.reverse()) await loop.stop();
    },
  };
}
