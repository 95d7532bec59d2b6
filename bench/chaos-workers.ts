/**
 * `npm run chaos:workers -- [--kills N] [--zombies N] [--seed N] [--json FILE]`: workers are killed (-9) and stopped for
 * longer than their locks at random, and the engine is restarted once; every case has to be done, its effect once.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos/index.js';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    zombies: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});

const lockMs = 4_000;
const longPollMs = 5_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const figures = await runChaos({
  ...{ seed: Number(values.seed), kills: Number(values.kills), zombies: Number(values.zombies) },
  ...{ restartEngine: true, workers: 4, casesPerSecond: 12, betweenBlowsMs: [1_000, 3_000], lockMs, longPollMs, say },
});

const goals = {
  'cases done': { value: figures.casesDone, goal: figures.cases, met: figures.casesDone === figures.cases },
  'effects, once each': { value: figures.effects, goal: figures.cases, met: figures.effects === figures.cases },
  incidents: { value: figures.incidents, goal: 0, met: figures.incidents === 0 },
  'recovery p99 (ms)': {
    value: figures.recoveryP99Ms,
    goal: lockMs + 5_000,
    met: figures.recoveryP99Ms <= lockMs + 5_000,
  },
};
const row = (name: string, value: number): void => say(`${name.padEnd(20)}${String(value).padStart(8)}`);
say(`\nseed ${values.seed}, locks of ${lockMs} ms, long polls of ${longPollMs} ms`);
for (const [name, value] of Object.entries(figures)) row(name, value);
say('');
for (const [name, { value, goal, met }] of Object.entries(goals))
  say(`${met ? 'met   ' : 'MISSED'} ${name}: ${value} (goal ${goal})`);
if (values.json !== undefined)
  await writeFile(values.json, JSON.stringify({ seed: Number(values.seed), figures, goals }, null, 2));
process.exitCode = Object.values(goals).every(({ met }) => met) ? 0 : 1;
