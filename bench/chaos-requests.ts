/**
 * `npm run chaos:requests -- [--holders N] [--kills N] [--seed N] [--json FILE]`: batches of requests are registered, decided and
 * aborted while worker, server and process engine are killed (-9) at random; see bench/README.md.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runRequestChaos } from './batches/index.js';

const { values } = parseArgs({
  options: {
    holders: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { figures, faults } = await runRequestChaos({
  ...{ seed: Number(values.seed), holders: Number(values.holders), kills: Number(values.kills) },
  ...{ betweenMs: [5_000, 30_000], patienceMs: 300_000, say },
});
say(`\nseed ${values.seed}`);
for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(40)}${String(value).padStart(8)}`);
for (const fault of faults.slice(0, 20)) say(`WRONG ${fault}`);
say(
  faults.length === 0
    ? 'met    every card holder has one request, decided once; counts and records agree'
    : `MISSED ${faults.length} faults`,
);
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ seed: Number(values.seed), figures, faults }, null, 2)}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
