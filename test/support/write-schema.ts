/** `npm run schema`: writes `migrations/schema.sql` from a database that was just migrated. */
import { writeFile } from 'node:fs/promises';
import { openDatabase } from '../../src/kernel/db/database.js';
import { migrateToLatest } from '../../src/kernel/db/migrate.js';
import { startPostgres } from './postgres.js';
import { dumpSchema } from './schema-dump.js';

const postgres = await startPostgres();
const db = openDatabase(postgres.url(), 2);
try {
  await migrateToLatest(db);
  await writeFile(new URL('../../migrations/schema.sql', import.meta.url), await dumpSchema(db));
} finally {
  await db.destroy();
  await postgres.stop();
}
