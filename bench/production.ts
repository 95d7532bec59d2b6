/**
 * `npm run bench:production -- [--cards N]`: what one issued card costs, from its order over the API to `issued`, with its
 * PIN letter: steps of the process engine by its own history, SQL statements by `pg_stat_statements`.
 */
import { parseArgs } from 'node:util';
import { measureProduction } from './production/index.js';

const { values } = parseArgs({ options: { cards: { type: 'string', default: '50' } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const count = Number(values.cards);
const rows = await measureProduction(count, say);
say(`\nper issued card, mean of ${count} that come one after the other`);
for (const [name, perCard] of rows) say(`${name.padEnd(64)}${perCard.toFixed(1).padStart(8)}`);
