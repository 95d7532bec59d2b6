import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type BrowserServer, type Page } from 'playwright-core';
import { askKeeper, hasKeeper, jestWorker } from './ask-keeper.js';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * `describe` for tests in a real browser. Without one they are skipped with a loud message; in CI Debian's Chromium is
 * installed instead, so that they always run there.
 */
export const describeInBrowser = (name: string, tests: () => void): void => {
  if (findChromium() !== null) {
    describe(name, tests);
    return;
  }
  process.stderr.write(
    `\n*** NOT TESTED: ${name}. No Chromium on this machine; install it, for example: apt-get install chromium ***\n\n`,
  );
  describe.skip(name, tests);
};

let searched: string | null | undefined;

/** Where a Chromium is, or null; in CI it is installed where there is none. */
export function findChromium(): string | null {
  if (searched !== undefined) return searched;
  const chosen = process.env['CHROMIUM'];
  const find = () =>
    [chosen, ...candidates].find((path): path is string => path !== undefined && existsSync(path)) ?? null;
  searched = find();
  if (searched === null && process.env['CI'] !== undefined) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'inherit' });
    searched = find();
  }
  return searched;
}

/** A person at a browser of their own, signed in or not. */
export class Person {
  /** What was filled in last. */
  private filled: { readonly label: string; readonly text: string } | null = null;

  private constructor(
    readonly page: Page,
    private readonly url: string,
    private readonly leave: () => Promise<void>,
  ) {}

  /** Opens a browser window and signs in. */
  static async signedIn(browser: Browser, url: string, account: string, password: string): Promise<Person> {
    const context = await newContext(browser);
    const person = new Person(await context.newPage(), url, () => context.close());
    await signIn(person.page, url, account, password);
    return person;
  }

  /** A new window, with the start page, of someone who has signed in before. */
  static async again(context: BrowserContext, url: string): Promise<Person> {
    const page = await context.newPage();
    await page.goto(`${url}/`);
    return new Person(page, url, () => page.close());
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  async openTasklist(): Promise<void> {
    await this.open('/camunda/app/tasklist/default/');
    await this.page.getByText('My tasks').first().waitFor();
  }

  /** Chooses a process from Tasklist's start list; its form is open afterwards. */
  async chooseProcess(name: string): Promise<void> {
    await this.page.getByRole('link', { name: 'Start process' }).click();
    await this.page.locator('.modal-body').getByText(name, { exact: true }).click();
  }

  /** Opens a task of a filter by its name. */
  async openTask(filter: string, task: string | RegExp): Promise<void> {
    await this.page.locator('.task-filters').getByText(filter).first().click();
    await this.page.locator('.tasks-list').getByText(task).first().click();
    await this.form.waitFor();
  }

  /** The Camunda Form that is open. */
  get form() {
    return this.page.locator('.fjs-container').last();
  }

  /** Chooses an option of a select in the form. */
  async select(label: string, option: string | RegExp): Promise<void> {
    const field = this.form.locator('.fjs-form-field-select').filter({ hasText: label });
    await field.locator('.fjs-input-group').click();
    await field.locator('.fjs-dropdownlist-item').filter({ hasText: option }).first().click();
  }

  async choose(option: string): Promise<void> {
    await this.form.getByText(option, { exact: true }).click();
  }

  async fill(label: string, text: string): Promise<void> {
    this.filled = { label, text };
    await this.form.getByLabel(label).fill(text);
  }

  /**
   * Starts the process whose form is open, of what nothing refuses. On a busy machine Tasklist now and then lets the press of its button
   * go by: then it is pressed again, as a person would.
   */
  async start(): Promise<void> {
    const start = this.page.getByRole('button', { name: 'Start', exact: true });
    await start.click();
    const taken = () =>
      start.waitFor({ state: 'hidden', timeout: 15_000 }).then(
        () => true,
        () => false,
      );
    if (await taken()) return;
    if (this.filled !== null) await this.form.getByLabel(this.filled.label).fill(this.filled.text);
    await start.click();
  }

  async claim(): Promise<void> {
    await this.page.getByText('Claim', { exact: true }).click();
    await this.page.locator('button:enabled', { hasText: 'Complete' }).waitFor();
  }

  /** Gives a claimed task back to its group. */
  async unclaim(): Promise<void> {
    await this.page.locator('[ng-click*="unclaim"]').first().click();
    await this.page.getByText('Claim', { exact: true }).waitFor();
  }

  /** Sets the open task's follow-up date to a day of next month in Tasklist's calendar. */
  async postponeToNextMonth(): Promise<void> {
    await this.page.getByText('Set follow-up Date').click();
    await this.page.locator('.uib-right').first().click();
    await this.page
      .locator('.uib-day button')
      .filter({ hasText: /^\s*15\s*$/ })
      .click();
    await this.page.locator('.glyphicon-ok:visible').first().click();
    await this.page
      .getByText(/^\s*in .*(days|month)/)
      .first()
      .waitFor();
  }

  /** Closes Tasklist's notices, which lie over forms and buttons for a while, as a person would. */
  async closeNotices(): Promise<void> {
    for (const notice of await this.page.locator('.page-notifications .close').all())
      await notice.click({ timeout: 2_000 }).catch(() => undefined);
  }

  async complete(): Promise<void> {
    await this.closeNotices();
    await this.page.locator('button:enabled', { hasText: 'Complete' }).click();
  }

  /** The sentence that Tasklist shows when something was refused or done. */
  notice(text: string | RegExp) {
    return this.page.locator('.alert, [notifications-panel]').getByText(text).first();
  }

  /** Takes a picture for the documentation, where one is wanted (`SCREENSHOTS` names the folder). */
  async picture(name: string): Promise<void> {
    const folder = process.env['SCREENSHOTS'];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await this.page.evaluate('document.fonts.ready');
    await this.page.screenshot({ path: `${folder}/${name}.png` });
  }

  async close(): Promise<void> {
    await this.leave();
  }
}

/** People who stay signed in: what they have loaded once they have at hand in their next window. */
export class People {
  private readonly contexts = new Map<string, BrowserContext>();

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
    private readonly password: string,
  ) {}

  /** Opens a window with the start page; its person has signed in, now or before. */
  async come(account: string): Promise<Person> {
    let context = this.contexts.get(account);
    if (context === undefined) {
      context = await newContext(this.browser);
      const page = await context.newPage();
      await signIn(page, this.url, account, this.password);
      await page.close();
      this.contexts.set(account, context);
    }
    return Person.again(context, this.url);
  }
}

async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(45_000);
  return context;
}

async function signIn(page: Page, url: string, account: string, password: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Account').fill(account);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${url}/`);
}

/**
 * A headless browser; close it after the tests. In a run of tests it is a connection to the one Chromium of the test worker,
 * and closing ends the windows that were opened through it.
 */
export async function openBrowser(): Promise<Browser> {
  if (!hasKeeper()) return chromium.launch(launchOptions());
  const { endpoint } = await askKeeper<{ endpoint: string }>(`browser?worker=${jestWorker()}`);
  return chromium.connect(endpoint);
}

/** A Chromium to which others connect. */
export async function serveBrowser(): Promise<BrowserServer> {
  return chromium.launchServer(launchOptions());
}

function launchOptions() {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('No Chromium on this machine.');
  return { executablePath, args: flags };
}
