import { once } from 'node:events';
import { createServer } from 'node:http';
import { buildEngineHost } from '../../engine/build.mjs';
import { buildConsole } from '../../launcher/build-console.mjs';

/**
 * One engine and one PostgreSQL server with the migrated template database for the whole run (`sharedEngine()` in
 * engine.ts, `createTestDatabase()` in database.ts). Each is started when the first test file asks for it and stopped after
 * the last one: an engine takes ten seconds to start, and a run without engine tests must not wait for it.
 */
export default async function setup() {
  const built = lazily(build);
  const engine = lazily(startEngine);
  const postgres = lazily(startPostgres);
  const answers = {
    '/built': async () => void (await built.get()),
    '/engine': async () => JSON.stringify((await engine.get()).connection),
    '/postgres': async () => (await postgres.get()).url(),
  };
  const keeper = createServer((request, response) => {
    // Asked now and then: on a kept connection a question could meet the server's own closing of it.
    response.setHeader('connection', 'close');
    answers[request.url]().then(
      (text) => response.end(text),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await once(keeper.listen(0, '127.0.0.1'), 'listening');
  keeper.unref();
  process.env.TEST_KEEPER = `http://127.0.0.1:${keeper.address().port}`;

  globalThis.stopSharedParts = async () => {
    keeper.close();
    keeper.closeAllConnections();
    await Promise.all([engine.stop(), postgres.stop()]);
  };
}

function lazily(start) {
  let starting;
  return {
    get: () => (starting ??= start()),
    stop: async () => (await starting)?.stop(),
  };
}

async function build() {
  await buildConsole();
  await buildEngineHost({ onProgress: (text) => process.stderr.write(`Engine host: ${text}\n`) });
}

async function startEngine() {
  await import('./typescript-loader.mjs');
  const engine = await import('./engine.ts');
  return engine.startEngine();
}

async function startPostgres() {
  await import('./typescript-loader.mjs');
  const [{ startPostgres: start }, { createTemplate }] = await Promise.all([
    import('./postgres.ts'),
    import('./database.ts'),
  ]);
  const postgres = await start();
  try {
    await createTemplate(postgres);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
}
