import { buildEngineHost } from '../../engine/build.mjs';
import { buildConsole } from '../../launcher/build-console.mjs';
import { Keeper } from './keeper.ts';

/** Opens the keeper of what test files share; workers of Jest inherit its address. */
export default async function setup() {
  globalThis.keeper = new Keeper(build);
  process.env.TEST_KEEPER = await globalThis.keeper.open();
}

async function build() {
  await buildConsole();
  await buildEngineHost({ onProgress: (text) => process.stderr.write(`Engine host: ${text}\n`) });
}
