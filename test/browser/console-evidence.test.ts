import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { AuditSealingBody } from '../../src/records/audit/evidence-routes.js';
import { cards } from '../cli/support/terminal.js';
import { describeInBrowser, openBrowser, Person } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { patience } from '../support/issuing.js';
import { judgePage, watchPolicy } from '../support/page-judge.js';
import { enable, password, startProduct, type Product } from '../support/product.js';

/** For one test, several of whose steps may each take as long as `patience` (ms). */
const longest = 4 * patience;

describeInBrowser('the page of evidence', () => {
  let product: Product;
  let browser: Browser;
  let admin: Person;
  let refusedByPolicy: readonly string[];
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cards-evidence-'));
    const proof = {
      AUDIT_ANCHOR_FILE: join(folder, 'anchors.jsonl'),
      AUDIT_KEYS_FILE: [{ id: 'audit-2026', isPrivate: true, bytes: randomBytes(32) }],
    };
    [product, browser] = await Promise.all([startProduct({ proof }), openBrowser()]);
    admin = await Person.signedIn(browser, product.url, 'admin', password);
    refusedByPolicy = watchPolicy(admin.page);
    await enable(product, 'with-approval');
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await product?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  const see = (text: string | RegExp) => admin.page.getByText(text).first().waitFor();
  const sealing = async () => (await product.call('admin', 'GET', '/audit/sealing')).body as AuditSealingBody;
  const allAnchored = () =>
    eventually('all is sealed and anchored', 30_000, async () => {
      const { waiting, head, places } = await sealing();
      return waiting === 0 && places[0]?.block === head?.block;
    });

  /** As an owner of the database would, past the triggers that keep rows as they are. */
  async function alter(action: string): Promise<string> {
    const { id } = await product.db('audit').where({ action }).orderBy('id').first<{ id: string }>('id');
    await product.db.transaction(async (trx) => {
      await trx.raw(`set local session_replication_role = 'replica'`);
      await trx('audit').where({ id }).update({ actor: 'somebody-else' });
    });
    return id;
  }

  it(
    'is linked from the navigation, the audit page and health, and tells what proves the log',
    async () => {
      await allAnchored();
      const health = (await (await fetch(`${product.url}/healthz`)).json()) as { parts: { audit: { page: string } } };
      expect(health.parts.audit.page).toBe(`${product.url}/console/evidence`);
      await admin.open('/console/audit');
      await admin.page.getByRole('link', { name: 'See Evidence' }).click();
      await admin.page.getByRole('heading', { name: 'Evidence', level: 1 }).waitFor();
      expect(
        await admin.page.getByRole('navigation').getByRole('link', { name: 'Evidence', exact: true }).count(),
      ).toBe(1);
      await see('Nobody has had it verified yet.');
      await see('No alarm was acknowledged.');
      await see('Not looked at yet');
      await judgePage(admin.page, 'evidence, never verified');
      await admin.page.getByRole('button', { name: 'Verify the log' }).click();
      await see('The log is as it was sealed.');
      await see(/by admin\. As it was sealed\./);
      await allAnchored();
      const { head, keys, publicKeys } = await sealing();
      const row = (...parts: readonly (string | undefined)[]) =>
        parts
          .reduce((rows, part) => rows.filter({ hasText: part ?? 'undefined' }), admin.page.getByRole('row'))
          .first()
          .waitFor();
      await row(`${hostname()}:${folder}`, `Block ${head?.block}`, 'Takes anchors', 'as the log up to block');
      const signed = keys.find(({ id }) => id === 'audit-2026');
      await row('audit-2026', 'Signs now', `${signed?.first} to ${signed?.last}`);
      await row('Not signed', 'From before the first key');
      await admin.page.reload();
      await row(head?.block, 'audit-2026', head?.hash);
      await admin.page.getByText('Public keys', { exact: true }).click();
      await see(publicKeys[0] ?? '');
      await judgePage(admin.page, 'evidence');
      await admin.page.getByText('Public keys', { exact: true }).click();
      await admin.page.evaluate('scrollTo(0, 0)');
      await admin.page.setViewportSize({ width: 1280, height: 740 });
      await admin.picture('console-evidence');
    },
    longest,
  );

  it(
    'shows an alarm with its findings in words, and takes its acknowledgement with a reason, by keyboard alone',
    async () => {
      const id = await alter('use-case-changed');
      await admin.open('/console/evidence');
      await admin.page.getByRole('button', { name: 'Verify the log' }).click();
      await see('One thing is not as it was sealed.');
      const alarm = admin.page.getByRole('region', { name: 'Alarm: the audit log is not as it was sealed' });
      await alarm.getByText(`Row ${id} of block`).waitFor();
      await alarm.getByText('A row does not say any more what was sealed.').waitFor();
      await see('Stopped by an alarm');
      await judgePage(admin.page, 'evidence, alarm');
      await admin.picture('console-audit-broken');
      const told = await cards(`audit verify --url ${product.url} --user admin`, { CARDS_PASSWORD: password });
      expect(told).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(new RegExp(`^Row ${id} of block \\d+ was changed\\.\n`)),
      });

      const { keyboard } = admin.page;
      await alarm.getByRole('button', { name: 'Acknowledge the alarm' }).focus();
      await keyboard.press('Enter');
      const dialog = admin.page.getByRole('dialog');
      await dialog.waitFor();
      await judgePage(admin.page, 'evidence, acknowledging');
      await keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await keyboard.press('Enter');
      expect(
        await dialog.getByLabel('Reason').evaluate((element) => element === element.ownerDocument.activeElement),
      ).toBe(true);
      // Without a reason the browser keeps it open.
      await keyboard.press('Tab');
      await keyboard.press('Enter');
      expect((await sealing()).alarm).not.toBeNull();
      await dialog.getByLabel('Reason').focus();
      await keyboard.type('A copy was restored');
      await keyboard.press('Tab');
      await keyboard.press('Enter');
      await see('The alarm is acknowledged.');
      await admin.page.getByRole('row').filter({ hasText: 'A copy was restored' }).getByText('admin').first().waitFor();
      await judgePage(admin.page, 'evidence, acknowledged');
      await allAnchored();
      const [row] = await product.db('audit').where({ action: 'audit-alarm-acknowledged' }).select('actor', 'details');
      expect(row).toMatchObject({ actor: 'admin', details: { reason: 'A copy was restored', kinds: ['row-edited'] } });
      expect(refusedByPolicy).toEqual([]);
    },
    longest,
  );

  it(
    'says what is missing where nothing proves the log, and which place takes nothing',
    async () => {
      const since = '2026-11-30T10:00:00Z';
      const place = { name: 'https://anchors.example.org', block: '7', anchoredAt: since, readable: true };
      const failing = { since, message: 'ECONNREFUSED' };
      const shown: [Partial<AuditSealingBody>, string[]][] = [
        [
          { head: null, keys: [], publicKeys: [], signingKey: null, places: [], acknowledged: [], lastVerified: null },
          ['Nothing is sealed yet.', 'set AUDIT_KEYS_FILE', 'Set AUDIT_ANCHOR_FILE', 'No alarm was acknowledged.'],
        ],
        [
          {
            places: [
              { ...place, failing },
              { ...place, name: 'syslog tcp://logs', readable: false, failing: null },
            ],
          },
          ['Takes none (ECONNREFUSED) since', 'Collected elsewhere'],
        ],
      ];
      for (const [state, sentences] of shown) {
        const answer = { ...(await sealing()), ...state };
        await admin.page.route('**/api/v1/audit/sealing', (route) => route.fulfill({ json: answer }));
        await admin.open('/console/evidence');
        for (const sentence of sentences) await see(sentence);
        await judgePage(admin.page, `evidence, ${sentences[0]}`);
        await admin.page.unroute('**/api/v1/audit/sealing');
      }
    },
    longest,
  );

  it(
    'takes no acknowledgement from others than administrators',
    async () => {
      const body = { reason: 'Nothing to see' };
      expect((await product.call('operator', 'POST', '/audit/alarms/1/acknowledgement', body)).status).toBe(403);
      for (const path of ['/audit/sealing', '/audit/blocks', '/audit/verification'])
        expect([path, (await product.call('operator', 'GET', path)).status]).toEqual([path, 403]);
    },
    longest,
  );

  it(
    'leads through the blocks',
    async () => {
      for (let at = 0; at < 3; at += 1) {
        await product
          .db('audit')
          .insert({ actor: 'system', action: 'tried', object_type: 'option', object_id: `${at}` });
        await allAnchored();
      }
      const first = (await product.call('admin', 'GET', '/audit/blocks?limit=2')).body;
      const second = (await product.call('admin', 'GET', `/audit/blocks?limit=2&cursor=${first.next}`)).body;
      const numbers = [...first.items, ...second.items].map((block: { number: string }) => Number(block.number));
      const newest = numbers[0] ?? 0;
      expect(numbers).toEqual([newest, newest - 1, newest - 2, newest - 3]);
    },
    longest,
  );
});
