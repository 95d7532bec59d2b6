import type { Registry } from 'prom-client';
import type { DeployedFiles } from '../engine/deployed-files.js';
import type { EngineClient } from '../engine/client.js';
import type { DeployedDiagrams } from '../engine/diagrams.js';
import type { ServerConfig } from '../kernel/config.js';
import type { Knex } from '../kernel/db/database.js';
import type { Job } from '../kernel/job.js';
import type { KeyRing } from '../kernel/key-ring.js';
import type { Logger } from '../kernel/log.js';
import type { SecurityEvents } from '../kernel/security-events.js';
import type { CheckName } from '../process/contract/index.js';
import type { DoorCheck } from './door/door-checks.js';
import type { Page } from './pages/page.js';
import type { Route } from './route.js';
import type { Identity } from './sign-in/identity.js';

/** What every room of the server is opened with. */
export interface Host {
  readonly config: ServerConfig;
  readonly log: Logger;
  readonly db: Knex;
  readonly engine: EngineClient;
  /** Account in whose name the server asks the engine. */
  readonly system: string;
  /** Folder of the diagrams and forms that the product ships. */
  readonly shipped: string;
  /** Files of deployed processes. */
  readonly files: DeployedFiles;
  readonly diagrams: DeployedDiagrams;
  /** Seals what is kept secret in the database. */
  readonly keyRing: KeyRing;
  readonly security: SecurityEvents;
  /** Who people are and how they prove it. */
  readonly identity: Identity;
}

/** What a room offers to the program that composes it. Opening a room only makes its parts; `prepare` does the first work. */
export interface Face {
  /** Operations of `/api/v1`. */
  readonly routes?: readonly Route[];
  readonly pages?: readonly Page[];
  /** Checks of forms that are submitted in Tasklist. */
  readonly checks?: Readonly<Partial<Record<CheckName, DoorCheck>>>;
  /** Work in rounds, which begins when everybody is let in. */
  readonly jobs?: readonly Job[];
  readonly metrics?: (registry: Registry) => void;
  /**
   * What must be done before anybody is let in; the rooms do it in their order, one server at a time.
   * @param progress reports to users what is being done
   */
  readonly prepare?: (progress: (text: string) => void) => Promise<void>;
}
