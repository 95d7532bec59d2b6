import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.js';
import { endProcess, identify, processId, type StopPlan } from './processes.js';

/** The parts that leave a process behind when the launcher is killed. PostgreSQL is known by its data directory. */
export const partNames = ['worker', 'server', 'print-shop', 'engine', 'postgres'] as const;
export type PartName = (typeof partNames)[number];

const strayStop: StopPlan = [
  ['SIGTERM', 3_000],
  ['SIGKILL', 2_000],
];

export interface Addresses {
  /** The address that people use. */
  readonly url: string;
  /** The server's address on this machine. */
  readonly local: string;
  /** IANA name of the zone whose days count. */
  readonly timeZone: string;
}

/**
 * What runs, for people, the command line and tests: `<data directory>/run/state.json`. It is there from the moment
 * the installation is ready until it stops.
 */
export interface RunState extends Addresses {
  readonly launcher: number;
  /** Process number of each part that runs just now; it changes when a part is started again. */
  readonly parts: Partial<Record<PartName, number>>;
}

/** Notes in `run` which processes belong to this installation, so that the next start can end what a kill left. */
export class RunFiles {
  private readonly pids: Partial<Record<PartName, number>> = {};
  private addresses: Addresses | null = null;

  constructor(private readonly directory: string) {}

  /** Called with each new process of a part, also after a crash. */
  started(part: PartName, pid: number): void {
    const id = identify(pid);
    if (id !== null) writePrivateFile(this.noteOf(part), id);
    this.pids[part] = pid;
    this.writeState();
  }

  ended(part: PartName): void {
    rmSync(this.noteOf(part), { force: true });
    delete this.pids[part];
    this.writeState();
  }

  /** From now on everybody may know where the installation answers. */
  ready(addresses: Addresses): void {
    this.addresses = addresses;
    this.writeState();
  }

  clear(): void {
    this.addresses = null;
    rmSync(this.statePath, { force: true });
  }

  /** Ends the parts of a launcher that was killed; a process that only got the number of one is left alone. */
  async endStrays(): Promise<void> {
    this.clear();
    for (const part of partNames) {
      if (part === 'postgres' || !existsSync(this.noteOf(part))) continue;
      const id = processId.safeParse(parse(readFileSync(this.noteOf(part), 'utf8')));
      if (id.success) await endProcess(id.data, strayStop);
      this.ended(part);
    }
  }

  private writeState(): void {
    if (this.addresses === null) return;
    const state: RunState = { ...this.addresses, launcher: process.pid, parts: this.pids };
    writePrivateFile(this.statePath, state);
  }

  private get statePath(): string {
    return join(this.directory, 'state.json');
  }

  private noteOf(part: PartName): string {
    return join(this.directory, `${part}.json`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
