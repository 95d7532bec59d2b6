import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/kernel/db/database.js';
import { migratedTemplate } from './database.js';
import { callEngine, startEngineOn, type EngineConnection, type Installation, type TestEngine } from './engine.js';
import { eventually } from './eventually.js';
import { type TestPostgres } from './postgres.js';
import { freePort } from '../../launcher/ports.js';

/** For so long after its last use a pool hands a connection out without looking whether it is alive (ms). */
const trustedMs = 500;

/** An engine that runs, with the templates of its database; each engine has its own, for they hold what it generated. */
interface Running {
  readonly engine: TestEngine;
  readonly database: string;
  /** As the engine's own start leaves it. */
  readonly bare: string;
  /** As the first start of the server leaves both databases; null until a product is asked for. */
  installed: { readonly engine: string; readonly cards: string } | null;
}

/**
 * An engine that test files have one after another. Its database is dropped and copied from a template under the running
 * process, which takes well under a second instead of ten: between two calls the engine keeps only what is found by ids
 * that are never used twice (deployed definitions), and its pool replaces the connections it has lost.
 */
export class LentEngine {
  private running: Running | null = null;
  private starts = 0;
  private borrowed = false;

  constructor(
    private readonly postgres: TestPostgres,
    private readonly name: string,
  ) {}

  /** The engine as its own start has left it. */
  async lend(): Promise<EngineConnection> {
    const running = await this.take();
    await this.rewind(running, running.bare);
    return running.engine.connection;
  }

  /**
   * The engine as the server's first start has left it, until `returned`. A server that was not stopped may still talk to it:
   * then the next file gets another engine, at another address.
   */
  async lendInstalled(): Promise<Installation> {
    const running = await this.take();
    running.installed ??= await this.install(running);
    await this.rewind(running, running.installed.engine);
    this.borrowed = true;
    return { connection: running.engine.connection, cardsTemplate: running.installed.cards };
  }

  returned(): void {
    this.borrowed = false;
  }

  async stop(): Promise<void> {
    await this.running?.engine.stop();
    this.running = null;
    this.borrowed = false;
  }

  private async take(): Promise<Running> {
    if (this.borrowed) await this.stop();
    this.running ??= await this.start();
    return this.running;
  }

  private async start(): Promise<Running> {
    this.starts += 1;
    const database = `${this.name}_${this.starts}`;
    const engine = await startEngineOn(this.postgres, database);
    return { engine, database, bare: await this.keep(database, `${database}_bare`), installed: null };
  }

  private async install(running: Running): Promise<{ engine: string; cards: string }> {
    await this.rewind(running, running.bare);
    const cards = `${running.database}_cards`;
    await this.administer(`create database ${cards} template ${migratedTemplate}`);
    const { connection } = running.engine;
    // Most of the product: a run of a few files must not wait for it.
    const { startTestServer } = await import('./test-server.js');
    const server = await startTestServer({ connection, databaseUrl: this.postgres.url(cards), port: await freePort() });
    await server.stop();
    return { cards, engine: await this.keep(running.database, `${running.database}_installed`) };
  }

  /** Copies a database that the engine is connected to; these connections end, as if it had been dropped. */
  private async keep(database: string, template: string): Promise<string> {
    await this.administer(`alter database ${database} allow_connections false`);
    await eventually(`${template} is copied`, 30_000, async () => {
      await this.administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`);
      await this.administer(`create database ${template} template ${database} strategy file_copy`);
      return true;
    });
    return template;
  }

  private async rewind({ engine, database }: Running, template: string): Promise<void> {
    await this.administer(`drop database ${database} with (force)`);
    await Promise.all([
      this.administer(`create database ${database} template ${template} strategy file_copy`),
      sleep(trustedMs),
    ]);
    await eventually('the engine answers from its new database', 30_000, async () => {
      return (await callEngine(engine.connection, 'GET', '/process-definition/count')).status === 200;
    });
  }

  private async administer(statement: string): Promise<void> {
    const admin = openDatabase(this.postgres.url(), 1);
    try {
      await admin.raw(statement);
    } finally {
      await admin.destroy();
    }
  }
}
