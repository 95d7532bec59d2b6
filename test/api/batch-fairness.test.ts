import { approvedCards } from '../fixtures/requests.js';
import { eventually } from '../support/eventually.js';
import { cardIn, change, enableIssuing, patience } from '../support/issuing.js';
import { startIssuingProduct, type IssuingProduct } from '../support/product.js';

let product: IssuingProduct;
let definition: string;

beforeAll(async () => {
  // Slower than any machine hands cards over, so that they pile up: it would take minutes for ten thousand.
  product = await startIssuingProduct({ cardMs: 50 });
  await enableIssuing(product);
  await change(product, '/card-types/visitor', { chip: false });
  const { body } = await product.call('admin', 'GET', '/backends/print-shop');
  await change(product, '/backends/print-shop', { settings: { ...body.settings, cardsPerCall: 500 } });
  ({ definition_id: definition } = await product
    .db('process_version')
    .where({ variant: 'without-approval', use_case: 'request-card' })
    .first('definition_id'));
}, 180_000);
afterAll(() => product?.stop(), 60_000);

it('makes a single card before the rest of ten thousand that are at the print shop already', async () => {
  const ids = await approvedCards(product.db, 10_000, { definition });
  const { body: batch } = await product.call('producer', 'POST', '/batch-orders', { kind: 'issue', cardIds: ids });
  const atShop = async () =>
    (await product.db('production_order').where({ batch_id: batch.id, state: 'submitted' })).length;
  await eventually('hundreds of cards wait at the print shop', 2 * patience, async () => (await atShop()) > 500);
  const [single] = await approvedCards(product.db, 1, { definition });
  expect(await product.call('producer', 'POST', `/cards/${single}/production`)).toMatchObject({ status: 202 });
  await cardIn(product, single ?? '', 'issued');
  // By the shop's own ledger: hundreds of those that came before it were still to be made.
  const { waiting, cards } = await product.shop.ledger();
  expect(waiting.length).toBeGreaterThan(100);
  const { rows } = await product.db.raw<{ rows: { seconds: number }[] }>(
    'select extract(epoch from ended_at - ordered_at)::float as seconds from production_order where card_id = ?',
    [single ?? ''],
  );
  process.stdout.write(
    `a single card took ${rows[0]?.seconds.toFixed(1)} s while ${waiting.length} cards of a batch order waited and ${cards.length} were made\n`,
  );
}, 400_000);
