import { eventually } from '../support/eventually.js';
import { enable, requestIn, startProduct, type Product } from '../support/product.js';
import { startSmtp, type ReceivedMail, type TestSmtp } from '../support/smtp.js';

let product: Product;
let smtp: TestSmtp;

beforeAll(async () => {
  smtp = await startSmtp();
  product = await startProduct({ smtpUrl: smtp.url });
  await enable(product, 'with-approval');
}, 120_000);

afterAll(async () => {
  await product?.stop();
  await smtp?.stop();
}, 60_000);

/** Mails that the server took, as soon as there are so many. */
const received = (count: number): Promise<ReceivedMail[]> =>
  eventually(`${count} mails`, 30_000, async () => (smtp.received.length >= count ? smtp.received.splice(0) : null));

const recipients = (mails: readonly ReceivedMail[]) => mails.flatMap(({ to }) => to).sort();

async function addresses(...accounts: string[]): Promise<string[]> {
  const profiles = await Promise.all(
    accounts.map((id) => product.engine.call<{ email: string }>({ user: 'card-server', path: `/user/${id}/profile` })),
  );
  return profiles.map(({ email }) => email).sort();
}

test('approvers hear of a request, its requester of the decision with the reason, each once', async () => {
  const holder = await product.db('holder').where({ state: 'active', account: null }).whereNotNull('photo_id').first();
  const asked = await product.call('operator', 'POST', '/card-requests', {
    holder: holder.employee_number,
    cardType: 'employee',
  });
  const { id } = asked.body as { id: string };
  await requestIn(product, id, 'requested');
  const toApprovers = await received(2);
  expect(recipients(toApprovers)).toEqual(await addresses('approver', 'approver2'));
  expect(toApprovers[0]?.source).toContain(product.url);

  const reason = 'The badge of last year is still valid';
  const decided = await product.call('approver', 'POST', `/card-requests/${id}/decision`, {
    decision: 'reject',
    reason,
  });
  expect(decided).toMatchObject({ status: 200 });
  const toRequester = await received(1);
  expect(recipients(toRequester)).toEqual(await addresses('operator'));
  expect(toRequester[0]?.source).toContain(reason);

  const { body } = await product.call('admin', 'GET', '/mails');
  expect(body.items.map((mail: { state: string }) => mail.state)).not.toContain('pending');
  expect(smtp.received).toEqual([]);
});
