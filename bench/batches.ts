/**
 * `npm run bench:batches -- [--rounds N] [--seed N] [--quick] [--json FILE]`: batch orders of growing size, and beside the
 * diagram of the textbook and PostgreSQL alone, in one run on one installation; see bench/README.md.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benchBatches, printBatches } from './batches/index.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const { quick } = values;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const settings = {
  sizes: quick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000],
  rounds: quick ? 1 : Number(values.rounds),
  cards: quick ? 500 : 1_000,
  warmUp: !quick,
  seed: Number(values.seed),
};
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadBefore: loadavg()[0] };

const result = await benchBatches({ ...settings, say });
printBatches(result, say);
say(`\nload of the machine before the run: ${machine.loadBefore?.toFixed(1)}`);
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ machine, settings, ...result }, null, 2)}\n`);
process.exitCode = Object.values(result.goals).every(({ met }) => met) ? 0 : 1;
