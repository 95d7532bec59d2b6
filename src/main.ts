import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readConfig, serverEnvironment } from './kernel/config.js';
import { createLog } from './kernel/log.js';
import { runPart, notifyLauncher } from './kernel/run-part.js';
import { startServer, type RunningServer } from './server.js';

/** What the launcher may ask over its IPC channel. */
const enableMessage = z.object({ type: z.literal('enable'), useCase: z.string(), variant: z.string() });

/** Account that audit rows name for what was asked for on the launcher's command line. */
const launcherActor = 'launcher';

const log = createLog('server', process.env['LOG_LEVEL'] ?? 'info');

await runPart(log, 'server', async () => {
  const config = readConfig(serverEnvironment);
  const root = await productRoot();
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const server = await startServer(config, {
    log,
    version,
    diagrams: join(root, 'bpmn'),
    console: join(root, 'dist', 'console'),
    progress: (text) => {
      log.info(text);
      notifyLauncher({ type: 'progress', text });
    },
  });
  process.on('message', (raw) => {
    const message = enableMessage.safeParse(raw);
    if (message.success) void enable(server, message.data);
  });
  log.info({ url: config.PUBLIC_URL }, 'ready');
  const useCases = (await server.useCases()).map(({ id, enabled, variant }) => ({ id, enabled, variant }));
  notifyLauncher({ type: 'ready', useCases, createdAccounts: server.createdAccounts });
  return server;
});

async function enable(server: RunningServer, { useCase, variant }: z.infer<typeof enableMessage>): Promise<void> {
  try {
    await server.enable(useCase, variant, launcherActor);
    notifyLauncher({ type: 'enabled', useCase, variant });
  } catch (raw) {
    notifyLauncher({ type: 'refused', message: raw instanceof Error ? raw.message : String(raw) });
  }
}

/** The folder of package.json: one up from the sources, two from the compiled program. */
async function productRoot(): Promise<string> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      await readFile(join(folder, 'package.json'));
      return folder;
    } catch (cause) {
      if (folder === dirname(folder)) throw new Error('package.json is not where it belongs.', { cause });
    }
  }
}
