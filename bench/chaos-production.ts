/**
 * `npm run chaos:production -- [--cards N] [--kills N] [--seed N] [--mutant] [--json FILE]`: cards are made by a careless
 * print shop with every fault on while worker, server and print shop are killed (-9) at random; by the shop's own ledger
 * each has to be made once. With `--mutant` the rule is taken out that makes it so, and two cards for one order must show.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runProductionChaos } from './production/index.js';

const { values } = parseArgs({
  options: {
    cards: { type: 'string', default: '1000' },
    kills: { type: 'string', default: '36' },
    seed: { type: 'string', default: '1' },
    mutant: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { figures, canaries, faults } = await runProductionChaos({
  ...{ seed: Number(values.seed), cards: Number(values.cards), kills: Number(values.kills), mutant: values.mutant },
  ...{ betweenMs: [2_000, 6_000], lostAnswers: 0.15, patienceMs: 900_000, say },
});
say(`\nseed ${values.seed}${values.mutant ? ', without the rule to ask before calling again' : ''}`);
for (const [name, value] of Object.entries(figures)) say(`${name.padEnd(40)}${String(value).padStart(8)}`);
say(
  `canaries: ${canaries.made} made, ${canaries.found.length} found in ${(canaries.looked / 1e6).toFixed(1)} million characters of logs, answers, variables and databases`,
);
for (const fault of faults.slice(0, 20)) say(`WRONG ${fault}`);
say(
  faults.length === 0
    ? 'met    every card made exactly once'
    : `MISSED every card made exactly once: ${faults.length} faults`,
);
if (values.json !== undefined)
  await writeFile(
    values.json,
    `${JSON.stringify({ seed: Number(values.seed), figures, canaries, faults }, null, 2)}\n`,
  );
process.exitCode = faults.length === 0 ? 0 : 1;
