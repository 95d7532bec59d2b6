import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation, PartName } from './installation.js';

export interface Killing {
  readonly installation: Installation;
  /** Who may be killed. */
  readonly victims: readonly PartName[];
  readonly random: () => number;
  /** How often in all. */
  readonly kills: number;
  /** Between two kills: shortest and longest (ms). */
  readonly betweenMs: readonly [number, number];
  readonly say: (line: string) => void;
}

/** Kills parts (-9) at random, one after the other and again; the launcher brings them back. */
export class Killer {
  readonly killed: Partial<Record<PartName, number>> = {};
  done = 0;

  constructor(private readonly killing: Killing) {}

  async run(): Promise<void> {
    const {
      installation,
      victims,
      random,
      kills,
      betweenMs: [shortest, longest],
      say,
    } = this.killing;
    let last: PartName | null = null;
    while (this.done < kills) {
      await sleep(shortest + random() * (longest - shortest));
      const others = victims.filter((part) => part !== last);
      const part = others[Math.floor(random() * others.length)] ?? 'worker';
      last = part;
      await installation.kill(part);
      this.done += 1;
      this.killed[part] = (this.killed[part] ?? 0) + 1;
      say(`kill ${this.done}/${kills}: the ${part}`);
    }
  }
}
