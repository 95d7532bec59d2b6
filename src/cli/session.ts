import type { Command } from 'commander';
import type { Readable } from 'node:stream';
import type { ApiClient } from './api-client.js';
import type { Output } from './output.js';

/** What a command works with. */
export interface Session {
  readonly api: ApiClient;
  readonly out: Output;
  readonly stdin: Readable;
  /** What relative paths of arguments are relative to. */
  readonly directory: string;
}

/** Opens the session that the options of this very command line ask for. */
export type OpenSession = (command: Command) => Promise<Session>;
