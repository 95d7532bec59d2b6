import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The most that a process used in a span of time (bytes). */
export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

/**
 * @param folder where `memory-teller.mjs` writes
 * @param since ms since 1970
 * @throws Error when the process reported nothing in that time
 */
export async function mostMemory(folder: string, pid: number, since: number): Promise<Memory> {
  const lines = (await readFile(join(folder, String(pid)), 'utf8')).trim().split('\n');
  const samples = lines.map((line) => line.split(' ').map(Number)).filter(([at = 0]) => at >= since);
  if (samples.length === 0) throw new Error(`Process ${pid} did not report how much memory it uses.`);
  return {
    rss: Math.max(...samples.map(([, rss = 0]) => rss)),
    heap: Math.max(...samples.map(([, , heap = 0]) => heap)),
  };
}
