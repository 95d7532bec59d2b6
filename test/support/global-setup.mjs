import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * One engine for the whole run, started when the first test file asks for it (`sharedEngine()` in engine.ts) and stopped
 * after the last one: an engine takes ten seconds to start, and a run without engine tests must not wait for it.
 */
export default async function setup() {
  let starting;
  const keeper = createServer((_request, response) => {
    starting ??= startEngine();
    starting.then(
      (engine) => response.end(JSON.stringify(engine.connection)),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await once(keeper.listen(0, '127.0.0.1'), 'listening');
  keeper.unref();
  process.env.TEST_ENGINE_KEEPER = `http://127.0.0.1:${keeper.address().port}`;

  globalThis.stopSharedEngine = async () => {
    keeper.close();
    keeper.closeAllConnections();
    await (await starting)?.stop();
  };
}

async function startEngine() {
  await import('./typescript-loader.mjs');
  const engine = await import('./engine.ts');
  return engine.startEngine();
}
