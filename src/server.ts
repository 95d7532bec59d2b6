import { collectDefaultMetrics, Registry } from 'prom-client';
import { AccountDirectory } from './directory/accounts/account-directory.js';
import { accountRoutes } from './directory/accounts/account-routes.js';
import { AccountService } from './directory/accounts/account-service.js';
import { passwordPages } from './directory/accounts/password-page.js';
import { auditRoutes } from './records/audit/audit-routes.js';
import { appendAudit } from './records/audit/audit-store.js';
import { AuditKeeper } from './records/audit/sealing/audit-keeper.js';
import { backendRoutes } from './production/backends/administration/backend-routes.js';
import { settingsSchemas } from './production/backends/administration/settings-schemas.js';
import { batchChecks } from './batches/batch-checks.js';
import { batchRoutes } from './batches/batch-routes.js';
import { requestBatchChecks } from './batches/requesting/request-batch-checks.js';
import { BatchTasks } from './batches/batch-tasks.js';
import { batchPages } from './batches/pages/batch-pages.js';
import { sweepBatches } from './batches/batch-sweep.js';
import { cardTypeRoutes } from './directory/card-types/card-type-routes.js';
import { cardRoutes } from './cards/card-routes.js';
import { secretsKeysOf, type ServerConfig } from './kernel/config.js';
import { readConsoleFiles } from './web/console/console-files.js';
import { consoleRoutes } from './web/console/console-routes.js';
import { SecurityEvents } from './kernel/security-events.js';
import { exclusively, openDatabase, type Knex } from './kernel/db/database.js';
import { Listener } from './kernel/db/listen.js';
import { migrateToLatest } from './kernel/db/migrate.js';
import { adoptDefinitions } from './variants/deployments/adopt-definitions.js';
import { deploymentRoutes } from './variants/deployments/deployment-routes.js';
import { DeploymentService } from './variants/deployments/deployment-service.js';
import { modelerGate } from './variants/deployments/modeler-gate.js';
import { processRoutes } from './variants/deployments/process-routes.js';
import { ProcessService } from './variants/deployments/process-service.js';
import { deployShipped } from './variants/deployments/shipped.js';
import { technicalAccounts } from './domain/roles.js';
import { EngineClient } from './engine/client.js';
import { DeployedFiles } from './engine/deployed-files.js';
import { DeployedDiagrams } from './engine/diagrams.js';
import { prepareEngine } from './engine/prepare.js';
import { reconcileUseCases } from './engine/reconcile.js';
import { healthReport } from './oversight/health/health-report.js';
import { registerWorkMetrics } from './oversight/health/metrics.js';
import { holderRoutes } from './directory/holders/holder-routes.js';
import { photoPages } from './directory/holders/photo-pages.js';
import { createApp } from './web/app.js';
import { createHttpServer } from './web/http-server.js';
import { doorChecks } from './web/door/door-checks.js';
import { cardStoryRoutes } from './oversight/insight/card-story-routes.js';
import { incidentRoutes } from './oversight/insight/incident-routes.js';
import { insightRoutes } from './oversight/insight/insight-routes.js';
import { cardPages } from './production/issuing/card-pages.js';
import { issuingChecks } from './production/issuing/issuing-checks.js';
import { CardPreviews } from './cards/layouts/card-previews.js';
import { layoutRoutes } from './cards/layouts/layout-routes.js';
import type { Logger } from './kernel/log.js';
import { engineDirectory } from './records/mail/engine-directory.js';
import { mailRoutes } from './records/mail/mail-routes.js';
import { mailPages } from './records/mail/mail-pages.js';
import { MailSender } from './records/mail/mail-sender.js';
import { numberRangeRoutes } from './directory/number-ranges/number-range-routes.js';
import { optionRoutes } from './directory/options/option-routes.js';
import { CommandDispatcher } from './engine/outbox/command-dispatcher.js';
import { EngineCarrier } from './engine/outbox/engine-carrier.js';
import { backendFactories } from './production/backend-factories.js';
import { StoredBackends } from './production/backend-registry.js';
import { orderKeyText } from './production/backends/backend.js';
import { webhookRoutes } from './production/backends/http/webhook-routes.js';
import { registerProductionMetrics } from './production/production-metrics.js';
import { productionRoutes } from './production/production-routes.js';
import { sweepProductions } from './production/production-sweep.js';
import { repeat } from './kernel/repeat.js';
import { refuseReservation } from './requests/request-abort.js';
import { requestChecks } from './requests/request-checks.js';
import { requestPages } from './requests/request-pages.js';
import { requestRoutes } from './requests/request-routes.js';
import { RequestService } from './requests/request-service.js';
import { sweepRequests } from './requests/request-sweep.js';
import { RequestTasks } from './requests/request-tasks.js';
import { retentionRoutes } from './oversight/retention/retention-routes.js';
import { sweepRetention } from './oversight/retention/retention-sweep.js';
import { printShopPages, registerPrintShop } from './sample-data/print-shop.js';
import { seedReferenceData, seedSampleData } from './sample-data/seed.js';
import { CardSecrets } from './production/secrets/card-secrets.js';
import { KeyRing } from './kernel/key-ring.js';
import { secretRoutes } from './production/secrets/secret-routes.js';
import { openSealedPart } from './production/secrets/secret-mail.js';
import { useCasePreviewRoutes } from './variants/use-cases/use-case-preview-routes.js';
import { useCaseRoutes } from './variants/use-cases/use-case-routes.js';
import { changeUseCase } from './variants/use-cases/use-case-changes.js';
import { listUseCases, nothingEnabledHint, type UseCaseView } from './variants/use-cases/use-case-service.js';
import { ensureUseCases, readUseCases } from './variants/use-cases/use-case-store.js';

/** How often the engine is compared with the desired state, and requests with their instances (ms). */
const sweepEveryMs = 30_000;

export interface ServerHooks {
  readonly log: Logger;
  /** Folder of the shipped diagrams and forms. */
  readonly diagrams: string;
  /** Folder of the built console, as `launcher/build-console.mjs` writes it. */
  readonly console: string;
  /** Version of the product. */
  readonly version: string;
  /** Told what the start is doing, for people who wait. */
  readonly progress: (text: string) => void;
}

export interface RunningServer {
  readonly createdAccounts: readonly string[];
  useCases(): Promise<UseCaseView[]>;
  /** Enables a use case in a variant, as an administrator on the machine of the installation. */
  enable(useCase: string, variant: string, actor: string): Promise<void>;
  /** Ends what is under way and closes every connection. */
  stop(): Promise<void>;
}

async function prepare(
  { db, engine, files, log }: { db: Knex; engine: EngineClient; files: DeployedFiles; log: Logger },
  config: ServerConfig,
  folder: string,
  progress: (text: string) => void,
): Promise<readonly string[]> {
  const system = technicalAccounts.server;
  const { createdAccounts, units } = await prepareEngine(engine, system, folder, config.BOOTSTRAP_PASSWORDS, progress);
  progress('Deploying diagrams and forms');
  await adoptDefinitions({ db, engine, system, files });
  for (const { processKey, version, deployedBy } of await deployShipped({ db, engine, system }, units)) {
    log.warn(
      `version ${version} of ${processKey}, by ${deployedBy}, stays: deploy bpmn/${processKey}.bpmn to use this release's`,
    );
  }
  await seedReferenceData(db);
  if (config.SAMPLE_DATA === 'demo') {
    progress('Filling in sample data');
    await seedSampleData(db);
    if (config.PRINT_SHOP !== undefined) await registerPrintShop(db, config.PRINT_SHOP);
  }
  return createdAccounts;
}

/**
 * Composes and starts the server: migrates, prepares the engine, listens, then works its outboxes.
 * @throws ProductError, ConfigError or the database's error when something it needs is missing
 */
export async function startServer(
  config: ServerConfig,
  { log, diagrams: folder, console: consoleFolder, version, progress }: ServerHooks,
): Promise<RunningServer> {
  const consoleFiles = await readConsoleFiles(consoleFolder);
  const keyRing = new KeyRing(secretsKeysOf(config));
  const db = openDatabase(config.DATABASE_URL, 20);
  const engine = new EngineClient(config.ENGINE_URL, { id: 'door', secret: config.DOOR_SECRET }, 32);
  const system = technicalAccounts.server;

  if (config.PUBLIC_URL.startsWith('https:') && config.TRUSTED_PROXIES === undefined)
    log.warn('TRUSTED_PROXIES is not set: every caller has the address of the proxy in front, and shares its limits');

  progress('Migrating the database');
  await migrateToLatest(db);
  await ensureUseCases(db);
  const files = new DeployedFiles(engine, system);
  const createdAccounts = await exclusively(db, 'preparation', () =>
    prepare({ db, engine, files, log }, config, folder, progress),
  );

  const reconcile = async () => {
    const changed = await exclusively(db, 'reconciling', async () => {
      const enabled = (await readUseCases(db)).filter((useCase) => useCase.enabled).map((useCase) => useCase.id);
      return reconcileUseCases(engine, system, new Set(enabled));
    });
    if (changed.length > 0) log.info({ changed }, 'who may start these processes was changed');
  };
  await reconcile();

  const diagrams = new DeployedDiagrams(engine, system);
  const tasks = new RequestTasks(engine, diagrams, system);
  const requests = new RequestService(db, tasks);
  const dispatcher = new CommandDispatcher({
    db,
    log,
    carrier: new EngineCarrier(engine, system),
    onRefused: (id, reason) => db.transaction((trx) => refuseReservation(trx, id, reason)),
  });
  const cardSecrets = new CardSecrets(keyRing);
  const backendSecrets = config.BACKEND_SECRETS_FILE ?? {};
  const backends = new StoredBackends(db, backendFactories(backendSecrets), log);
  const mailSender = new MailSender({
    db,
    log,
    directory: engineDirectory(engine, system),
    openSealed: (part) => openSealedPart(db, cardSecrets, part),
    smtpUrl: config.SMTP_URL,
    from: config.MAIL_FROM,
    publicUrl: config.PUBLIC_URL,
  });
  const deployments = new DeploymentService({ db, engine, system, files, log });
  const accountDirectory = new AccountDirectory(engine, system);
  const accounts = new AccountService(db, accountDirectory);
  const processes = new ProcessService({ db, engine, system, files });
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  registerWorkMetrics(metrics, db);
  registerProductionMetrics(metrics, db);
  const security = new SecurityEvents({ log, metrics, audit: (row) => appendAudit(db, [row]) });

  const app = createApp({
    publicUrl: config.PUBLIC_URL,
    version,
    engine,
    diagrams,
    db,
    log,
    metrics,
    security,
    checks: doorChecks({
      ...requestChecks(db, requests, tasks, new URL(config.PUBLIC_URL).origin),
      ...issuingChecks(db),
      ...batchChecks(db),
      ...requestBatchChecks(db, tasks),
    }),
    routes: [
      ...useCaseRoutes(db, reconcile),
      ...useCasePreviewRoutes(db, processes),
      ...deploymentRoutes(deployments),
      ...processRoutes(processes, deployments),
      ...requestRoutes(db, requests, () => {
        dispatcher.notify();
      }),
      ...holderRoutes(db),
      ...cardTypeRoutes(db),
      ...numberRangeRoutes(db),
      ...secretRoutes(db, keyRing),
      ...cardRoutes(db),
      ...productionRoutes(db, () => {
        dispatcher.notify();
      }),
      ...batchRoutes(db, tasks, () => {
        dispatcher.notify();
      }),
      ...backendRoutes({ db, schemas: settingsSchemas, registry: backends }),
      ...webhookRoutes({ db, log, secrets: backendSecrets }),
      ...layoutRoutes(db, new CardPreviews(db)),
      ...optionRoutes(db),
      ...accountRoutes(db, accountDirectory, accounts),
      ...retentionRoutes(db),
      ...insightRoutes(db),
      ...incidentRoutes(db, engine, system),
      ...cardStoryRoutes(db, engine, system),
      ...mailRoutes(db),
      ...auditRoutes(db, config.AUDIT_ANCHOR_FILE),
    ],
    pages: [
      ...requestPages({ db, requests, tasks }),
      ...cardPages(db, () => {
        dispatcher.notify();
      }),
      ...batchPages({
        db,
        tasks: new BatchTasks(engine, system),
        requestTasks: tasks,
        wakeOutbox: () => {
          dispatcher.notify();
        },
      }),
      ...photoPages(db),
      ...passwordPages(accounts),
      ...mailPages(db, { sending: config.SMTP_URL !== undefined }),
      ...printShopPages(config.PRINT_SHOP),
    ],
    gate: (authenticate) => modelerGate({ engine, deployments }, authenticate),
    console: (authenticate) => consoleRoutes(consoleFiles, authenticate),
    useCases: () => listUseCases(db),
    nothingEnabledHint,
    cliSecret: config.CLI_SECRET,
    trustedProxies: config.TRUSTED_PROXIES,
    metricsToken: config.METRICS_TOKEN,
    health: () => healthReport(db, engine, system, () => mailSender.health()),
  });
  const http = createHttpServer(app, config.KEEP_ALIVE_SECONDS);
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject).listen(config.PORT, config.HOST, resolve);
  });

  const listener = new Listener(
    config.DATABASE_URL,
    {
      engine_command: () => {
        dispatcher.notify();
      },
      mail: () => {
        mailSender.notify();
      },
    },
    log,
  );
  await listener.start();
  const auditKeeper = new AuditKeeper({ db, log, anchorFile: config.AUDIT_ANCHOR_FILE });
  await auditKeeper.start();
  dispatcher.start();
  mailSender.start();
  const endedUndecided = new Set<string>();
  const sweep = repeat(sweepEveryMs, log, async () => {
    await reconcile();
    const adopted = await adoptDefinitions({ db, engine, system, files });
    await processes.settleMigrations();
    if (adopted.length > 0) log.warn({ adopted }, 'deployments were put on record that had been left without');
    const mended = await sweepRequests(db, engine, system, log, endedUndecided);
    if (mended.length > 0)
      log.warn({ requests: mended }, 'process instances were gone; their requests were started again');
    const followed = await sweepProductions(db, engine, system);
    if (followed.length > 0)
      log.warn(
        { orders: followed.map(orderKeyText) },
        'process instances of production orders were gone; others were started',
      );
    const batches = await sweepBatches(db, engine, system);
    if (batches.length > 0) log.warn({ batches }, 'process instances of batch orders were gone; others were started');
  });
  const retention = repeat(sweepEveryMs, log, () => sweepRetention(db, engine, system, log));

  return {
    createdAccounts,
    useCases: () => listUseCases(db),
    enable: async (useCase, variant, actor) => {
      await db.transaction((trx) => changeUseCase(trx, useCase, { enabled: true, variant }, { actor }));
      await reconcile();
    },
    stop: async () => {
      http.close();
      http.closeIdleConnections();
      await Promise.all([sweep.stop(), retention.stop()]);
      await listener.stop();
      await Promise.all([dispatcher.stop(), mailSender.stop()]);
      await auditKeeper.stop();
      http.closeAllConnections();
      await engine.close();
      await db.destroy();
    },
  };
}
