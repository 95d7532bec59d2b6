import { randomUUID } from 'node:crypto';
import type { Knex } from '../../../src/kernel/db/database.js';
import { orderFromApproved } from '../../../src/production/production-service.js';
import type { PlacedOrder } from '../../../src/production/production-types.js';
import { recordVersions, type ProcessVersion } from '../../../src/variants/use-cases/use-case-store.js';
import { addHolder, installed, variants } from '../../support/cards-data.js';

/** Diagrams of Issue card, as a deployment would have recorded them. */
export const issueVariants = { fromApproved: variant('from-approved'), directly: variant('directly') };

function variant(id: string): ProcessVersion {
  const processKey = `issue-card-${id}`;
  return {
    definitionId: `${processKey}:1:test`,
    processKey,
    version: 1,
    name: `Issue card ${id}`,
    useCase: 'issue-card',
    variant: id,
    sourceHash: 'test',
    deployedBy: 'test',
  };
}

/** A task of the engine that orders. */
export const task = (
  processInstanceId: string = randomUUID(),
  taskId: string = randomUUID(),
  businessKey: string | null = null,
) => ({
  definitionId: issueVariants.fromApproved.definitionId,
  processInstanceId,
  taskId,
  businessKey,
});

/** An installation with Issue card on, Request card off, and card types that can be produced by the backend `shop`. */
export async function issuing(db: Knex): Promise<void> {
  await installed(db);
  await recordVersions(db, Object.values(issueVariants));
  await db('use_case').insert({ id: 'issue-card', enabled: true }).onConflict('id').merge();
  await db('backend').insert({ id: 'shop', name: 'Test shop', kind: 'http', settings: '{}' });
  await db('number_range').insert({ id: 'cards', name: 'Cards', prefix: 'C', digits: 5, suffix: '' });
  await db('layout_version').insert({
    id: randomUUID(),
    layout: 'plain',
    version: 1,
    template: '{}',
    created_by: 'test',
  });
  await db('card_type').update({
    number_range: 'cards',
    layout: 'plain',
    backend: 'shop',
    chip: true,
    validity_months: 24,
  });
}

export const switchUseCase = (db: Knex, id: 'request-card' | 'issue-card', enabled: boolean) =>
  db('use_case').where({ id }).update({ enabled });

let holders = 0;

/** A card with an approved request, as a decision leaves it. */
export async function approvedCard(
  db: Knex,
  { cardType = 'visitor', approver = 'approver', photo = false } = {},
): Promise<string> {
  const holder = await addHolder(db, `H-${++holders}`, { photo });
  const card = randomUUID();
  const request = randomUUID();
  await db('card').insert({ id: card, holder_id: holder, card_type: cardType, state: 'registered' });
  await db('card').where({ id: card }).update({ state: 'approved' });
  await db('card_request').insert({
    id: request,
    holder_id: holder,
    card_type: cardType,
    requester: 'operator',
    source: 'api',
    state: 'registered',
    definition_id: variants.withApproval.definitionId,
  });
  await db('card_request')
    .where({ id: request })
    .update({ state: 'approved', card_id: card, ended_at: db.fn.now(), registered_at: db.fn.now() });
  await db('decision').insert({
    request_id: request,
    decision: 'approve',
    cause: 'approver',
    approver,
    requester: 'operator',
    task_id: 'task',
    operation_id: 'operation',
    completed_at: db.fn.now(),
  });
  return card;
}

/** An approved card that was ordered over the API. */
export async function ordered(db: Knex): Promise<PlacedOrder> {
  const cardId = await approvedCard(db);
  return db.transaction((trx) => orderFromApproved(trx, { cardId, orderedBy: 'producer', runningIn: null }));
}

export const cardState = async (db: Knex, id: string): Promise<string> =>
  (await db('card').where({ id }).first('state')).state;
