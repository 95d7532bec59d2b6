import type { ServerConfig, WorkerConfig } from '../../kernel/config.js';
import type { KeyRing } from '../../kernel/key-ring.js';
import type { HeldSecret } from './key-notes.js';

/** Keys and passwords that the settings of a server hold, but for those of the audit log, whose blocks name them. */
export function secretsOfServer(
  {
    DOOR_SECRET,
    CLI_SECRET,
    BACKEND_SECRETS_FILE = {},
  }: Pick<ServerConfig, 'DOOR_SECRET' | 'CLI_SECRET' | 'BACKEND_SECRETS_FILE'>,
  keys: KeyRing,
): HeldSecret[] {
  return [
    ...settings({ DOOR_SECRET, CLI_SECRET, SECRETS_KEYS: keys.current }),
    ...Object.entries(BACKEND_SECRETS_FILE).flatMap(([objectId, secrets]) =>
      Object.entries(secrets).map(([secret, value]): HeldSecret => ({
        objectType: 'backend',
        objectId,
        secret,
        value,
      })),
    ),
  ];
}

/** The same for a worker. What it shares with the server is named there. */
export function secretsOfWorker({ WORKER_SECRET }: Pick<WorkerConfig, 'WORKER_SECRET'>): HeldSecret[] {
  return settings({ WORKER_SECRET });
}

function settings(values: Readonly<Record<string, string | undefined>>): HeldSecret[] {
  return Object.entries(values).flatMap(([secret, value]) =>
    value === undefined ? [] : [{ objectType: 'secrets', objectId: 'settings', secret, value }],
  );
}
