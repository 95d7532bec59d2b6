import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Judges what is open by axe, wide, medium and narrow, and that nothing has to be scrolled sideways. */
export async function judgePage(page: Page, name: string): Promise<void> {
  for (const width of [1280, 760, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeResults>(`axe.run({ runOnly: ${JSON.stringify(rules)} })`);
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    const sideways = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect({ name, width, found, sideways }).toEqual({ name, width, found: [], sideways: 0 });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Collects what the browser refuses by the page's policy, and errors that nobody caught. */
export function watchPolicy(page: Page): readonly string[] {
  const found: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) found.push(message.text());
  });
  page.on('pageerror', (error) => found.push(error.message));
  return found;
}
