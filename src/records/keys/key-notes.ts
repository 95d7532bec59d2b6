import { exclusively, type Knex } from '../../kernel/db/database.js';
import type { KeyRing } from '../../kernel/key-ring.js';
import type { SecurityEvents } from '../../kernel/security-events.js';
import { systemActor } from '../../domain/roles.js';
import { appendAudit, type AuditRow } from '../audit/audit-store.js';

/** A key or password that the settings hold. */
export interface HeldSecret {
  /** What it belongs to: `secrets` with the name of a setting, or a card production backend. */
  readonly objectType: 'secrets' | 'backend';
  readonly objectId: string;
  /** Which one, where there are several: `webhookKey`. */
  readonly secret: string;
  readonly value: string;
}

export interface KeyNotesDeps {
  readonly db: Knex;
  readonly keys: KeyRing;
  readonly security: SecurityEvents;
}

interface Note {
  readonly secret: string;
  /** Made with a key that seals, so that nobody who reads the log can try passwords against it. */
  readonly fingerprint: string;
  readonly key: string;
}

const noted = 'key-noted';
const changed = 'key-changed';

/**
 * Records which keys the settings hold, so that the next start finds a changed key, whoever has changed the
 * settings. Nothing is reported the first time; a key that has changed is a security event.
 */
export async function noteKeys({ db, keys, security }: KeyNotesDeps, held: readonly HeldSecret[]): Promise<void> {
  const others: HeldSecret[] = [];
  await exclusively(db, 'keyNotes', async () => {
    for (const each of held) {
      const before = await readNote(db, each);
      const known = before !== null && isNoted(keys, each, before);
      if (known && before.key === keys.current) continue;
      const isOther = before !== null && !known;
      await appendAudit(db, [rowOf(keys, each, isOther ? changed : noted)]);
      if (isOther) others.push(each);
    }
  });
  for (const { objectType, objectId, secret } of others)
    await security.record('keys-changed', { details: { what: `${objectType} ${objectId}`, secret } });
}

function isNoted(keys: KeyRing, { value, ...place }: HeldSecret, { key, fingerprint }: Note): boolean {
  return keys.ids.includes(key) && keys.fingerprint(value, placeOf(place), key) === fingerprint;
}

function rowOf(keys: KeyRing, { value, ...place }: HeldSecret, action: typeof noted | typeof changed): AuditRow {
  const { objectType, objectId, secret } = place;
  const details: Note = {
    secret,
    key: keys.current,
    fingerprint: keys.fingerprint(value, placeOf(place), keys.current),
  };
  return { actor: systemActor, action, objectType, objectId, details: { ...details } };
}

/** The newest note of a secret; null before the first. */
async function readNote(db: Knex, { objectType, objectId, secret }: HeldSecret): Promise<Note | null> {
  const row = await db('audit')
    .where({ object_type: objectType, object_id: objectId })
    .whereIn('action', [noted, changed])
    .whereRaw(`details ->> 'secret' = ?`, [secret])
    .orderBy('id', 'desc')
    .first<{ details: Note } | undefined>('details');
  return row?.details ?? null;
}

function placeOf({ objectType, objectId, secret }: Omit<HeldSecret, 'value'>): string {
  return JSON.stringify([objectType, objectId, secret]);
}
