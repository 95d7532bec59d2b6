/**
 * `npm run bench:lists -- [--cards 100000] [--rounds 40] [--json FILE]`: server time of lists, searches and figures over many cards, and
 * the console's first page with data; see bench/README.md.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benchLists, printLists } from './lists/index.js';

const { values } = parseArgs({
  options: {
    cards: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '40' },
    json: { type: 'string' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version, loadBefore: loadavg()[0] };

const result = await benchLists({ cards: Number(values.cards), rounds: Number(values.rounds), say });
printLists(result, say);
say(`\nload of the machine before the run: ${machine.loadBefore?.toFixed(1)}`);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ machine, ...result }, null, 2)}\n`);
process.exitCode = result.lists.every(({ met }) => met) && (result.firstPage?.met ?? true) ? 0 : 1;
