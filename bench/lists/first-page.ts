import { findChromium, openBrowser, Person } from '../../test/support/chromium.js';
import { password, type Installation } from '../lib/installation.js';

const times = 5;

/**
 * How long it takes from opening the console's cards to the first of them being shown, each time in a browser profile of its
 * own, so that nothing of the console is in its cache.
 * @returns milliseconds; null where there is no Chromium
 */
export async function firstPage({ url }: Installation): Promise<number[] | null> {
  if (findChromium() === null) return null;
  const browser = await openBrowser();
  try {
    const measured: number[] = [];
    for (let time = 0; time < times; time += 1) {
      const admin = await Person.signedIn(browser, url, 'admin', password);
      const began = performance.now();
      await admin.open('/console/cards');
      await admin.page.locator('tbody tr').first().waitFor();
      measured.push(performance.now() - began);
      await admin.close();
    }
    return measured;
  } finally {
    await browser.close();
  }
}
