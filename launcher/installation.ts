import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LauncherConfig } from '../src/kernel/config.js';
import { migrateAsOwner } from '../src/kernel/db/migrate.js';
import { setTimeZone, timeZone } from '../src/kernel/time-zone.js';
import type { Enable } from './arguments.js';
import { ADMIN, initialiseCluster } from './cluster.js';
import { createDataDirectory, dataDirectory, type DataDirectory } from './data-directory.js';
import { cardsOwner, createDatabases } from './databases.js';
import { buildEngine, engineJar } from './engine-build.js';
import { openFirstPasswords, passwordTable, type FirstPasswords } from './first-accounts.js';
import { inheritedEnvironment } from './inherited-environment.js';
import type { Java } from './java.js';
import { acquireLock, type Lock } from './lock.js';
import type { UseCaseState } from './messages.js';
import { Part } from './part.js';
import { embeddedUrl, enginePart, ownPart, postgresPart, type OwnPartName, type OwnPrograms } from './part-specs.js';
import type { PartSpec } from './part-types.js';
import { freePort } from './ports.js';
import { findPostgres } from './postgres-program.js';
import { preflight } from './preflight.js';
import { openPrintShop } from './print-shop.js';
import { readyLine } from './ready-line.js';
import { RunFiles } from './run-files.js';
import type { Screen } from './screen.js';
import type { Secrets } from './secrets.js';
import { StartFailure } from './start-failure.js';
import { Steps } from './steps.js';

export interface InstallationOptions {
  /** The directory of package.json. */
  readonly root: string;
  readonly config: LauncherConfig;
  readonly env: NodeJS.ProcessEnv;
  readonly enable: readonly Enable[];
  readonly screen: Screen;
  /** Programs of measurements and tests in the place of ours. */
  readonly programs: OwnPrograms;
}

interface DatabaseUrls {
  readonly cards: string;
  readonly engine: string;
}

/** All parts of one data directory on one machine: started in order, supervised, stopped in reverse. */
export class Installation {
  private readonly url: string;
  private readonly directory: DataDirectory;
  private readonly runFiles: RunFiles;
  private readonly stopping = new AbortController();
  private readonly steps: Steps;
  private parts: readonly Part[] = [];
  private workerSettings: NodeJS.ProcessEnv = {};
  private lock: Lock | null = null;

  constructor(private readonly options: InstallationOptions) {
    const { config, enable, screen } = options;
    setTimeZone(config.TIME_ZONE);
    this.url = new URL(config.PUBLIC_URL ?? `http://localhost:${config.PORT}`).origin;
    this.directory = dataDirectory(config.DATA_DIR);
    this.runFiles = new RunFiles(this.directory.run);
    const optional = [
      this.needsPostgres,
      this.startsEngine,
      this.startsEngine,
      this.startsPrintShop,
      enable.length > 0,
    ];
    this.steps = new Steps(screen, 3 + optional.filter(Boolean).length, this.stopping.signal);
  }

  /**
   * Starts everything and returns when an operator can work, or knows what is missing.
   * @throws StartFailure, ConfigError with one sentence; what runs by then is left to `stop`
   */
  async start(): Promise<void> {
    const { config, env, screen } = this.options;
    createDataDirectory(this.directory);
    this.lock = acquireLock(this.directory.run, this.directory.path, this.url);
    const { secrets, keys, backendSecrets, audit, java } = await this.steps.step(
      'Checking port, Java and data directory',
      () => preflight(config, env, this.directory, this.runFiles),
    );
    const [databases, printShop] = await Promise.all([
      this.openDatabases(secrets),
      this.startPrintShop(),
      this.buildEngine(java),
    ]);
    const engineUrl = await this.startEngine(java, databases.engine, secrets);
    const shared = {
      DATABASE_URL: databases.cards,
      ENGINE_URL: engineUrl,
      PUBLIC_URL: this.url,
      TIME_ZONE: timeZone(),
      LOG_LEVEL: config.LOG_LEVEL,
      ...keys,
      ...backendSecrets,
    };

    const accounts = openFirstPasswords(this.directory.firstAccounts, config.BOOTSTRAP_PASSWORD);
    const server = this.addOwn('server', {
      ...shared,
      ...printShop,
      ...audit,
      ...this.serverSettings(secrets, accounts),
    });
    const ready = await this.steps.step('Starting the server', (report) => server.start(report));
    this.workerSettings = { ...shared, WORKER_SECRET: secrets.workerSecret };
    const worker = this.addOwn('worker', this.workerSettings);
    await this.steps.step('Starting the worker', (report) => worker.start(report));
    const useCases = await this.enable(server, ready.useCases);

    this.runFiles.ready({ url: this.url, local: `http://127.0.0.1:${config.PORT}`, timeZone: timeZone() });
    this.showPasswords(accounts.settle(ready.createdAccounts));
    screen.line(readyLine(this.url, useCases, config.DATA_DIR === '.data' ? null : this.directory.path));
  }

  /**
   * Puts a worker of the present program in the place of the one that runs, which keeps running until the new one serves.
   * @throws StartFailure when the new one does not start; then the old one stays
   */
  async reloadWorker(): Promise<void> {
    const old = this.parts.find(({ name }) => name === 'worker');
    const next = this.addOwn('worker', this.workerSettings);
    try {
      await next.start(() => undefined);
    } catch (raw) {
      await this.retire(next);
      if (old?.pid !== undefined) this.runFiles.started('worker', old.pid);
      throw raw;
    }
    if (old !== undefined) await this.retire(old);
  }

  /** Stops everything in the order that lets each part finish what it does; takes ten seconds at most. */
  async stop(): Promise<void> {
    this.stopping.abort(new StartFailure('The start was stopped.'));
    if (this.lock === null) return;
    this.runFiles.clear();
    for (const names of [['worker', 'server', 'print-shop'], ['engine'], ['postgres']]) {
      await Promise.all(this.parts.filter(({ name }) => names.includes(name)).map((part) => part.stop()));
    }
    this.lock.release();
  }

  private async retire(part: Part): Promise<void> {
    this.parts = this.parts.filter((each) => each !== part);
    await part.stop();
  }

  private get needsPostgres(): boolean {
    const { DATABASE_URL, ENGINE_DATABASE_URL } = this.options.config;
    return DATABASE_URL === undefined || (this.startsEngine && ENGINE_DATABASE_URL === undefined);
  }

  private get startsEngine(): boolean {
    return this.options.config.ENGINE_URL === undefined;
  }

  /** The print shop is known by an entry in the file of the data directory; a file of the installation's own has none. */
  private get startsPrintShop(): boolean {
    const { SAMPLE_DATA, BACKEND_SECRETS_FILE } = this.options.config;
    return SAMPLE_DATA === 'demo' && BACKEND_SECRETS_FILE === undefined;
  }

  /** The databases of the settings; the embedded PostgreSQL, started here, for those that have none. */
  private async openDatabases({
    postgresPassword,
    cardsOwnerPassword,
    cardsDatabasePassword,
    engineDatabasePassword,
  }: Secrets): Promise<DatabaseUrls> {
    const { DATABASE_URL, DATABASE_OWNER_URL, ENGINE_DATABASE_URL } = this.options.config;
    const given = { cards: DATABASE_URL ?? '', engine: ENGINE_DATABASE_URL ?? '' };
    if (DATABASE_URL !== undefined && DATABASE_OWNER_URL !== undefined)
      await migrateAsOwner(DATABASE_OWNER_URL, decodeURIComponent(new URL(DATABASE_URL).username));
    if (!this.needsPostgres) return given;
    return this.steps.step('Starting PostgreSQL', async (report) => {
      const { postgres: cluster } = this.directory;
      const program = await findPostgres(cluster);
      await initialiseCluster(cluster, program, postgresPassword, this.stopping.signal);
      const port = await freePort();
      await this.add(postgresPart(cluster, program, port, postgresPassword)).start(report);
      await createDatabases(embeddedUrl(ADMIN, postgresPassword, port, ADMIN), [
        { name: 'cards', owner: cardsOwner, roles: { [cardsOwner]: cardsOwnerPassword, cards: cardsDatabasePassword } },
        { name: 'engine', owner: 'engine', roles: { engine: engineDatabasePassword } },
      ]);
      if (given.cards === '') await migrateAsOwner(embeddedUrl(cardsOwner, cardsOwnerPassword, port, 'cards'), 'cards');
      return {
        cards: given.cards || embeddedUrl('cards', cardsDatabasePassword, port, 'cards'),
        engine: given.engine || embeddedUrl('engine', engineDatabasePassword, port, 'engine'),
      };
    });
  }

  private async buildEngine(java: Java | null): Promise<void> {
    if (java === null) return;
    const { root, env } = this.options;
    const build = { root, java, logs: this.directory.logs, env: inheritedEnvironment(env) };
    const built = existsSync(join(root, engineJar));
    const title = built ? 'Bringing the process engine up to date' : 'Building the process engine, the first time only';
    await this.steps.step(title, (report) => buildEngine(build, report, this.stopping.signal));
  }

  /** @returns the address of the engine host */
  private async startEngine(
    java: Java | null,
    databaseUrl: string,
    { doorSecret, workerSecret }: Secrets,
  ): Promise<string> {
    const { root, config, env } = this.options;
    if (java === null) return config.ENGINE_URL ?? '';
    const port = await freePort();
    const settings = { root, java, port, databaseUrl, timeZone: timeZone(), doorSecret, workerSecret };
    const engine = this.add(enginePart(settings, inheritedEnvironment(env)));
    await this.steps.step('Starting the process engine', (report) => engine.start(report));
    return `http://127.0.0.1:${port}`;
  }

  /** @returns what the server needs in order to know it */
  private async startPrintShop(): Promise<NodeJS.ProcessEnv> {
    if (!this.startsPrintShop) return {};
    const { config, screen } = this.options;
    return this.steps.step('Starting the print shop, a simulation', async (report) => {
      const { token, webhookKey, privateKey, publicKey } = openPrintShop(this.directory);
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const shop = this.addOwn('print-shop', {
        PRINT_SHOP_PORT: String(port),
        PRINT_SHOP_DATA: this.directory.printShop,
        PRINT_SHOP_TOKEN: token,
        PRINT_SHOP_PRIVATE_KEY: JSON.stringify(privateKey),
        PRINT_SHOP_WEBHOOK_URL: `http://127.0.0.1:${config.PORT}/api/v1/production/webhooks/print-shop`,
        PRINT_SHOP_WEBHOOK_KEY: webhookKey,
        ...(config.PRINT_SHOP_SCRIPT === undefined ? {} : { PRINT_SHOP_SCRIPT: config.PRINT_SHOP_SCRIPT }),
        LOG_LEVEL: config.LOG_LEVEL,
      });
      await shop.start(report);
      screen.line(`The print shop makes simulated cards; its page is ${url}`);
      return { PRINT_SHOP: JSON.stringify({ url, publicKey }) };
    });
  }

  private serverSettings({ doorSecret, cliSecret }: Secrets, { forServer }: FirstPasswords): NodeJS.ProcessEnv {
    const { PORT, SMTP_URL, MAIL_FROM, SAMPLE_DATA, ...config } = this.options.config;
    return {
      PORT: String(PORT),
      DOOR_SECRET: doorSecret,
      CLI_SECRET: cliSecret,
      MAIL_FROM,
      SAMPLE_DATA,
      TRUSTED_PROXIES: config.TRUSTED_PROXIES,
      KEEP_ALIVE_SECONDS: config.KEEP_ALIVE_SECONDS,
      METRICS_TOKEN: config.METRICS_TOKEN,
      ...(SMTP_URL === undefined ? {} : { SMTP_URL }),
      ...(forServer === null ? {} : { BOOTSTRAP_PASSWORDS: JSON.stringify(forServer) }),
    };
  }

  /** Enables what the command line asks for. @returns where every use case stands afterwards */
  private async enable(server: Part, before: readonly UseCaseState[]): Promise<UseCaseState[]> {
    const states = new Map(before.map((state) => [state.id, state]));
    const { enable } = this.options;
    if (enable.length === 0) return [...states.values()];
    return this.steps.step(`Enabling ${enable.map(({ useCase }) => useCase).join(', ')}`, async () => {
      for (const wanted of enable) {
        const answer = await server.enable({ type: 'enable', ...wanted });
        if (answer.type === 'refused') throw new StartFailure(answer.message);
        states.set(answer.useCase, { id: answer.useCase, enabled: true, variant: answer.variant });
      }
      return [...states.values()];
    });
  }

  private showPasswords(passwords: Readonly<Record<string, string>>): void {
    const rows = passwordTable(passwords);
    if (rows.length === 0) return;
    const heading = `First accounts, shown this once and kept in ${this.directory.firstAccounts} for you only:`;
    for (const row of [heading, ...rows]) this.options.screen.line(row);
  }

  private addOwn(name: OwnPartName, settings: NodeJS.ProcessEnv): Part {
    const { root, env, programs } = this.options;
    return this.add(ownPart(name, root, { ...inheritedEnvironment(env), ...settings }, programs[name]));
  }

  private add(spec: PartSpec): Part {
    this.stopping.signal.throwIfAborted();
    const part: Part = new Part(spec, this.directory.logs, {
      tell: (line) => this.options.screen.line(line),
      started: (name, pid) => this.runFiles.started(name, pid),
      // One that has given its place to another has no note of its own any more.
      ended: (name) => this.parts.includes(part) && this.runFiles.ended(name),
    });
    this.parts = [...this.parts, part];
    return part;
  }
}
