import type { Notice } from './part-log.js';
import type { StopPlan } from './processes.js';
import type { PartName } from './run-files.js';

/** What it takes to run one part. */
export interface PartSpec {
  readonly name: PartName;
  /** For people, at the beginning of a sentence: `The process engine`. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly account?: { readonly uid: number; readonly gid: number } | null;
  /** A descriptor that the process finds at number 3. */
  readonly descriptor?: number | null;
  /** `message`: the part says so over IPC. Else asked again and again until it answers true. */
  readonly ready: 'message' | (() => Promise<boolean>);
  /** How long it may take to be ready, in milliseconds. */
  readonly readyWithinMs: number;
  readonly stop: StopPlan;
  readonly notice: Notice;
  /** Run before each start of the process. */
  readonly before?: () => Promise<void>;
  /** What to do when it does not start, as the end of a sentence. */
  readonly cure: string;
}

/** What a part reports to its surroundings. */
export interface PartWatch {
  /** A line for the console. */
  readonly tell: (line: string) => void;
  readonly started: (part: PartName, pid: number) => void;
  readonly ended: (part: PartName) => void;
}
