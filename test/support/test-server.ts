import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { SecretsKey, ServerConfig } from '../../src/kernel/config.js';
import { firstAccounts } from '../../src/engine/bootstrap.js';
import type { BackendKind } from '../../src/production/backends/backend-kind.js';
import { startServer, type RunningServer } from '../../src/server.js';
import type { PrintShopProcess } from '../../bench/lib/print-shop-process.js';
import type { EngineConnection } from './engine.js';

/** Password of every first account in tests. */
export const password = 'a-test-password';
/** Seals the PINs of tests. */
export const secretsKeys: readonly SecretsKey[] = [{ id: 'test', key: randomBytes(32) }];
export const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface TestServerPlace {
  readonly connection: EngineConnection;
  readonly databaseUrl: string;
  readonly port: number;
  readonly smtpUrl?: string | undefined;
  readonly shop?: PrintShopProcess | null;
  /** Kinds of card production backends; by default those of the product. */
  readonly kinds?: readonly BackendKind[] | undefined;
  readonly proof?: ProofSettings | undefined;
}

/** What proves the audit log outside the database; nothing unless told. */
export type ProofSettings = Partial<Pick<ServerConfig, 'AUDIT_ANCHOR_FILE' | 'AUDIT_KEYS_FILE'>>;

/** Settings that server and worker share. */
export function sharedSettings({ connection, databaseUrl, port, shop }: TestServerPlace) {
  return {
    DATABASE_URL: databaseUrl,
    ENGINE_URL: new URL(connection.engineUrl).origin,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    LOG_LEVEL: 'info' as const,
    SECRETS_KEYS: secretsKeys,
    ...(shop ? { BACKEND_SECRETS_FILE: { 'print-shop': { token: shop.token, webhookKey: shop.webhookKey } } } : {}),
  };
}

/** The server in this process, with the sample data and the first accounts. */
export function startTestServer(place: TestServerPlace): Promise<RunningServer> {
  const { connection, port, smtpUrl, shop, kinds, proof } = place;
  return startServer(
    {
      ...sharedSettings(place),
      PORT: port,
      HOST: '127.0.0.1',
      KEEP_ALIVE_SECONDS: 75,
      DOOR_SECRET: connection.door.secret,
      CLI_SECRET: undefined,
      SMTP_URL: smtpUrl,
      MAIL_FROM: 'cards@example.org',
      BOOTSTRAP_PASSWORDS: Object.fromEntries(firstAccounts.map(({ id }) => [id, password])),
      SAMPLE_DATA: 'demo',
      ...proof,
      ...(shop ? { PRINT_SHOP: { url: shop.url, publicKey: shop.publicKey } } : {}),
    },
    {
      log,
      version: 'test',
      diagrams: `${root}bpmn`,
      console: `${root}dist/console`,
      progress: () => undefined,
      ...(kinds && { backendKinds: kinds }),
    },
  );
}
