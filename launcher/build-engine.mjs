/**
 * Builds the engine host in a process group of its own, so that the launcher can end Maven with everything it
 * started. Progress and a failure go to the launcher as messages, Maven's own output to the log of this part.
 */
import { buildEngineHost } from '../engine/build.mjs';

process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
try {
  await buildEngineHost({ onProgress: (text) => process.send({ type: 'progress', text: String(text) }) });
} catch (error) {
  process.send({ type: 'failed', message: error.message });
  process.exitCode = 1;
}
process.removeAllListeners('disconnect');
process.disconnect();
