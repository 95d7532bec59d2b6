/** `npm run bench:cost`: counts what a request costs PostgreSQL and writes it to bench/baseline.json. */
import { writeFile } from 'node:fs/promises';
import { measureDatabaseCost } from './runtime/index.js';

const text = `${JSON.stringify(await measureDatabaseCost(), null, 2)}\n`;
await writeFile(new URL('./baseline.json', import.meta.url), text);
process.stdout.write(text);
