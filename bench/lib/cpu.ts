import { readdirSync, readFileSync } from 'node:fs';

/** CPU milliseconds since the start of each process, user and system together. */
export interface Cpu {
  readonly java: number;
  readonly postgres: number;
  readonly node: number;
}

/** Processes of one run: the engine, the PostgreSQL server with all its children, and the clients that are measured. */
export interface Measured {
  readonly java: number;
  readonly postmaster: number;
  readonly nodes: readonly number[];
}

/** Milliseconds in one of the clock ticks that `/proc/<pid>/stat` counts in (USER_HZ is 100 on every Linux). */
const tickMs = 10;

export function readCpu({ java, postmaster, nodes }: Measured): Cpu {
  return {
    java: ticksMs(java),
    postgres: [postmaster, ...childrenOf(postmaster)].reduce((sum, pid) => sum + ticksMs(pid), reapedMs(postmaster)),
    node: nodes.reduce((sum, pid) => sum + exactMs(pid), 0),
  };
}

export function cpuBetween(before: Cpu, after: Cpu): Cpu {
  return { java: after.java - before.java, postgres: after.postgres - before.postgres, node: after.node - before.node };
}

/** The parent of a process: of a PostgreSQL session, its server. */
export function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** Fields of `/proc/<pid>/stat` from the third on (state, parent, …), see proc(5); the second may hold spaces. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function ticksMs(pid: number): number {
  try {
    const fields = statOf(pid);
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    // A session that ended meanwhile: its time is among what the server has reaped.
    return 0;
  }
}

/** Time of children that have ended. */
function reapedMs(pid: number): number {
  const fields = statOf(pid);
  return (Number(fields[13]) + Number(fields[14])) * tickMs;
}

/** A client spends less than a tick on many tasks, so its threads are read in nanoseconds. */
function exactMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return parentOf(pid) === parent;
      } catch {
        return false;
      }
    });
}
