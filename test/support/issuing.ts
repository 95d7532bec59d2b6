import { technicalAccounts } from '../../src/domain/roles.js';
import { eventually } from './eventually.js';
import { enable, requestIn, type Answer, type Product } from './product.js';

/** How long something may take that several parts take part in, on a machine with other work (ms). */
export const patience = 60_000;

/** Enables Request card with approval, and Issue card. */
export async function enableIssuing(product: Product): Promise<void> {
  await enable(product, 'with-approval');
  expect(await product.call('admin', 'PUT', '/use-cases/issue-card', { enabled: true })).toMatchObject({ status: 200 });
}

/** Employee numbers of active sample holders with a photo and without an account. */
export async function employeeNumbers(product: Product): Promise<string[]> {
  return product
    .db('holder')
    .where({ state: 'active', account: null })
    .whereNotNull('photo_id')
    .orderBy('employee_number')
    .pluck('employee_number');
}

/** A card that was requested and approved over the API. @returns its id */
export async function approvedCard(
  product: Product,
  holder: string,
  cardType = 'employee',
  approver = 'approver',
): Promise<string> {
  const asked = await product.call('operator', 'POST', '/card-requests', { holder, cardType });
  expect(asked).toMatchObject({ status: 202 });
  await requestIn(product, asked.body.id, 'requested');
  const decided = await product.call(approver, 'POST', `/card-requests/${asked.body.id}/decision`, {
    decision: 'approve',
  });
  expect(decided).toMatchObject({ status: 200, body: { state: 'approved' } });
  return decided.body.card.id as string;
}

/** The card as the API answers it, as soon as it is in the state. */
export async function cardIn(product: Product, id: string, state: string): Promise<any> {
  return eventually(`card ${id} is ${state}`, patience, async () => {
    const { body } = await product.call('admin', 'GET', `/cards/${id}`);
    return body.state === state ? body : null;
  });
}

/** Productions of a card, newest last. */
export async function productionsOf(product: Product, id: string): Promise<any[]> {
  const { body } = await product.call('producer', 'GET', `/cards/${id}/production`);
  return body.items as any[];
}

/** Changes some fields of something that an administrator keeps, such as a card type. */
export async function change(product: Product, path: string, changes: object): Promise<Answer> {
  const {
    body: { id: _id, ...content },
  } = await product.call('admin', 'GET', path);
  return product.call('admin', 'PUT', path, { ...content, ...changes });
}

export interface EngineInstance {
  readonly id: string;
  readonly processDefinitionKey: string;
  readonly startUserId: string | null;
  readonly state: string;
}

/** Process instances that followed an order over the API, or went through a form, entry and variant, by the engine's history. */
export async function instancesOf(product: Product, businessKey: string): Promise<EngineInstance[]> {
  return product.engine.call<EngineInstance[]>({
    user: technicalAccounts.server,
    path: '/history/process-instance',
    query: { processInstanceBusinessKey: businessKey, sortBy: 'startTime', sortOrder: 'asc' },
  });
}
