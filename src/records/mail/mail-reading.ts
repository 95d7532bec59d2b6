import type { Knex } from '../../kernel/db/database.js';

export interface MailContent {
  readonly body: string;
  /** Path on this installation where the recipient continues; mails of older versions have it in their text. */
  readonly linkPath: string | null;
  /** True when a PIN or PUK is put in at the moment of sending. */
  readonly sealed: boolean;
}

/** What mails say, by their ids. */
export async function readMailContents(db: Knex, ids: readonly string[]): Promise<Map<string, MailContent>> {
  const rows = await db('mail')
    .whereIn('id', [...ids])
    .select<(MailContent & { id: string })[]>(
      { id: 'id', body: 'body', linkPath: 'link_path' },
      db.raw('secret_card_id is not null as sealed'),
    );
  return new Map(rows.map(({ id, ...content }) => [id, content]));
}
