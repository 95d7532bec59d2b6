import { join } from 'node:path';
import { connect } from '../../src/cli/connection.js';
import { launcherEnvironment, readConfig } from '../../src/kernel/config.js';
import { main, type MainOptions } from '../main.js';
import { DiagramLoop } from './diagram-loop.js';
import { watchFiles } from './watch-files.js';
import { WorkerLoop } from './worker-loop.js';

/**
 * Runs an installation for people who work on it: what they save in `bpmn/` is checked, deployed and released, what they
 * save in `workers/` is compiled and reloaded. Errors are shown, and what ran before keeps running.
 */
export async function develop(options: Omit<MainOptions, 'whenReady'>): Promise<void> {
  const { root, env } = options;
  await main({
    ...options,
    whenReady: async (installation, screen) => {
      const { DATA_DIR } = readConfig(launcherEnvironment, env);
      const tell = (line: string): void => screen.line(line);
      const api = await connect({}, { DATA_DIR }, () => Promise.reject(new Error('Nobody is asked for a password.')));
      const diagrams = new DiagramLoop({ folder: join(root, 'bpmn'), api, tell });
      const workers = new WorkerLoop({
        sources: join(root, 'workers'),
        compiled: join(root, 'dist', 'workers'),
        reload: () => installation.reloadWorker(),
        tell,
      });
      await Promise.all([
        watchFiles(join(root, 'bpmn'), /\.(bpmn|form)$/, (names, since) => diagrams.changed(names, since)),
        watchFiles(join(root, 'workers'), /\.ts$/, (names, since) => workers.changed(names, since)),
      ]);
      tell('Watching bpmn/ and workers/: save a file, and what it does is there within seconds.');
    },
  });
}
