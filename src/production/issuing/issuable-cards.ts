import type { Knex } from '../../kernel/db/database.js';
import { isProductError } from '../../kernel/errors.js';
import { timeText } from '../../kernel/time-zone.js';
import { matching } from '../../directory/index.js';
import { whatCannotBePrinted, whatChangedSince } from '../../cards/index.js';
import type { HolderChoice, IssuableCard } from '../../process/contract/index.js';
import { holderChoice } from '../../requests/index.js';

interface Row extends Omit<HolderChoice, 'photoUrl'> {
  readonly cardId: string;
  readonly cardType: string;
  readonly requester: string;
  readonly requestedAt: Date;
  readonly approver: string | null;
  readonly approvedAt: Date;
  readonly total: string;
}

/** True while cards are issued without a request: as long as Request card is disabled. */
export async function issuesDirectly(db: Knex): Promise<boolean> {
  const row: object | undefined = await db('use_case').where({ id: 'request-card', enabled: true }).first('id');
  return row === undefined;
}

/** How many approved cards a search means: of holders whom it matches, or with the id of the card itself. */
export async function countIssuableCards(db: Knex, query: string): Promise<number> {
  const rows: { count: string }[] = await approvedCards(db, query).count();
  return Number(rows[0]?.count ?? 0);
}

/**
 * Approved cards that a search means, those approved first first.
 * @param limit most cards that are returned; `total` counts all
 * @param publicUrl origin under which people reach the server
 */
export async function findIssuableCards(
  db: Knex,
  query: string,
  limit: number,
  publicUrl: string,
): Promise<{ cards: IssuableCard[]; total: number }> {
  const rows = await approvedCards(db, query)
    .orderBy(['r.ended_at', 'c.id'])
    .limit(limit)
    .select<Row[]>({
      cardId: 'c.id',
      cardType: 't.name',
      requester: 'r.requester',
      requestedAt: 'r.created_at',
      approver: 'd.approver',
      approvedAt: 'r.ended_at',
      id: 'h.id',
      employeeNumber: 'h.employee_number',
      email: 'h.email',
      upn: 'h.upn',
      department: 'h.department',
      state: 'h.state',
      photoId: 's.photo_id',
    })
    .select<Row[]>(db.raw(`h.given_name || ' ' || h.family_name as name`), db.raw('count(*) over () as total'));
  const ids = rows.map(({ cardId }) => cardId);
  const [changes, unprintable] = await Promise.all([whatChangedSince(db, ids), unprintableOf(db, ids)]);
  const cards = rows.map(
    ({ cardId, cardType, requester, requestedAt, approver, approvedAt, total: _, ...holder }): IssuableCard => {
      const preview = (side: 'front' | 'back') => `${publicUrl}/api/v1/cards/${cardId}/preview.png?side=${side}`;
      const changed = changes.get(cardId) ?? [];
      const sentences = unprintable.get(cardId) ?? [];
      return {
        id: cardId,
        cardType,
        holder: holderChoice(holder, publicUrl),
        requester,
        requestedAt: timeText(requestedAt),
        approver: approver ?? 'no approval was needed',
        approvedAt: timeText(approvedAt),
        changes: changed,
        changed: changed.length > 0,
        unprintable: sentences.map((sentence) => ({ sentence })),
        printable: sentences.length === 0,
        frontUrl: preview('front'),
        backUrl: preview('back'),
      };
    },
  );
  return { cards, total: Number(rows[0]?.total ?? 0) };
}

/** A card type without a layout is refused when the card is ordered. */
async function unprintableOf(db: Knex, cardIds: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const cardId of cardIds) {
    try {
      found.set(cardId, await whatCannotBePrinted(db, cardId));
    } catch (raw) {
      if (!isProductError(raw, 'card-type-incomplete')) throw raw;
    }
  }
  return found;
}

function approvedCards(db: Knex, query: string): Knex.QueryBuilder {
  return db('card as c')
    .join('holder as h', 'h.id', 'c.holder_id')
    .join('card_type as t', 't.id', 'c.card_type')
    .join('card_request as r', 'r.card_id', 'c.id')
    .leftJoin('decision as d', 'd.request_id', 'r.id')
    .leftJoin('card_snapshot as s', 's.card_id', 'c.id')
    .where({ 'c.state': 'approved', 'r.state': 'approved' })
    .where((either) => {
      either
        .whereIn('c.holder_id', matching(db, { q: query }).select('id'))
        .orWhereRaw('cast(c.id as text) = lower(?)', [query.trim()]);
    });
}
