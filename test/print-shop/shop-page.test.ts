import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { faults } from '../../print-shop/faults.js';
import type { ProductionBackend } from '../../src/production/backends/backend.js';
import { httpBackend } from '../../src/production/backends/http/http-backend.js';
import { sampleJob } from '../production/backends/card-job.js';
import { PrintShopProcess } from '../../bench/lib/print-shop-process.js';
import { describeInBrowser, openBrowser } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';

describeInBrowser('the page of the print shop', () => {
  let shop: PrintShopProcess;
  let browser: Browser;
  let page: Page;
  let backend: ProductionBackend;

  beforeAll(async () => {
    [shop, browser] = await Promise.all([PrintShopProcess.start(), openBrowser()]);
    page = await (await browser.newContext({ javaScriptEnabled: true, locale: 'en-GB' })).newPage();
    backend = httpBackend(
      { id: 'shop', settings: { url: shop.url, publicKey: shop.publicKey } },
      { token: shop.token },
    );
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await shop?.stop();
  });

  async function order(name: string): Promise<void> {
    const job = sampleJob({ chip: true });
    const named = { ...job, elements: { ...job.elements, name } };
    await backend.submit(
      [{ cardId: job.cardId, number: 1, body: await backend.prepare(named) }],
      new AbortController().signal,
    );
  }

  const press = (label: string) => page.getByRole('button', { name: label }).click();
  const text = () => page.locator('main').innerText();

  async function shows(what: string | RegExp): Promise<void> {
    await eventually(`the page shows ${what}`, 30_000, async () => {
      await page.reload();
      return (await text()).search(what) >= 0;
    });
  }

  test('shows the queue, plays a jam, and marks what it makes as simulated', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (!message.location().url.endsWith('/favicon.ico')) complaints.push(message.text());
    });
    await page.goto(shop.url);
    await press('Stop the machine');
    expect(await page.getByRole('status').innerText()).toBe('The machine was stopped by hand.');
    await order('Ada Example');
    await order('<b>Milo</b> Sample');
    await page.getByRole('link', { name: 'Refresh' }).click();
    expect(await text()).toContain('Ada Example');
    expect(await text()).toContain('<b>Milo</b> Sample');
    expect(await text()).toContain('PIN received: 6 digits');
    await press(faults.jam);
    expect(await text()).toContain('1 to come');
    await press('Start the machine');
    await shows('The card jammed in the printer');
    await shows(/SIMULATED\s+SIM-000001/);
    expect(complaints).toEqual([]);
  });

  test('runs out of ribbon, and continues with a new one', async () => {
    await press(faults['ribbon-end']);
    expect(await page.getByRole('status').innerText()).toContain('Out of ribbon');
    await press('Put in a new ribbon');
    expect(await page.getByRole('status').innerText()).toBe('The machine is ready.');
  });

  test('has no script, and everyone can use it', async () => {
    const answer = await page.goto(shop.url);
    expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'");
    expect(await page.locator('script').count()).toBe(0);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>(`axe.run()`);
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    }
  });
});
