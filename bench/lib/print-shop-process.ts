import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fault } from '../../print-shop/faults.js';
import type { ShopScript } from '../../print-shop/script.js';
import type { Handle } from '../../print-shop/shop-page.js';
import type { BureauKey } from '../../src/production/backends/http/http-settings.js';
import { eventually } from '../../test/support/eventually.js';
import { freePort } from '../../launcher/ports.js';

const loader = fileURLToPath(new URL('../../test/support/typescript-loader.mjs', import.meta.url));
const program = fileURLToPath(new URL('../../print-shop/main.ts', import.meta.url));

export interface PrintShopOptions {
  /** By default as fast as it can and without faults. */
  readonly script?: Partial<ShopScript>;
  readonly webhookUrl?: string;
}

/** What the shop has physically made, by its own ledger. */
export interface ShopReport {
  readonly cards: readonly {
    readonly key: string;
    readonly name: string;
    readonly secrets: string | null;
    readonly serialNumber: string;
  }[];
  readonly notMade: readonly { readonly key: string; readonly why: string }[];
  readonly waiting: readonly string[];
  readonly letters: readonly { readonly key: string }[];
}

/** A print shop in a process of its own, on the same port and journal after each start. */
export class PrintShopProcess {
  readonly token = randomBytes(32).toString('base64url');
  readonly webhookKey = `whsec_${randomBytes(32).toString('base64')}`;
  readonly publicKey: BureauKey;
  /** All it has said so far, over all its starts. */
  output = '';
  private readonly privateKey: object;
  private child: ChildProcess | null = null;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
    private readonly options: PrintShopOptions,
  ) {
    const { d, ...open } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    this.publicKey = open as BureauKey;
    this.privateKey = { ...open, d };
  }

  static async start(options: PrintShopOptions = {}): Promise<PrintShopProcess> {
    const shop = new PrintShopProcess(await freePort(), await mkdtemp(join(tmpdir(), 'print-shop-')), options);
    await shop.start();
    return shop;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get journalPath(): string {
    return join(this.folder, 'journal.jsonl');
  }

  /** Starts the program and waits until it answers. */
  async start(): Promise<void> {
    const script = join(this.folder, 'script.json');
    await writeFile(
      script,
      JSON.stringify({ cardMs: 0, ribbonCards: 1_000_000, ribbonChangeMs: null, ...this.options.script }),
    );
    const { webhookUrl } = this.options;
    const child = spawn(process.execPath, ['--import', loader, program], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'],
        PRINT_SHOP_PORT: String(this.port),
        PRINT_SHOP_DATA: this.folder,
        PRINT_SHOP_TOKEN: this.token,
        PRINT_SHOP_PRIVATE_KEY: JSON.stringify(this.privateKey),
        PRINT_SHOP_SCRIPT: script,
        LOG_LEVEL: 'debug',
        ...(webhookUrl === undefined
          ? {}
          : { PRINT_SHOP_WEBHOOK_URL: webhookUrl, PRINT_SHOP_WEBHOOK_KEY: this.webhookKey }),
      },
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    await eventually('the print shop is open', 30_000, async () => {
      if (!this.running) throw new Error(`the print shop ended: ${this.output.slice(-2_000)}`);
      return (await fetch(`${this.url}/ledger`)).ok;
    });
  }

  get running(): boolean {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends the program in good order and removes what it kept. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Presses a button of its page. */
  async play(what: Fault | Handle): Promise<void> {
    const answer = await fetch(`${this.url}/play`, {
      method: 'POST',
      body: new URLSearchParams({ what }),
      redirect: 'manual',
    });
    if (answer.status !== 303) throw new Error(`${answer.status} ${await answer.text()}`);
  }

  async ledger(): Promise<ShopReport> {
    return (await (await fetch(`${this.url}/ledger`)).json()) as ShopReport;
  }

  async journal(): Promise<string> {
    return readFile(this.journalPath, 'utf8');
  }

  /** Resolves once it has ended of its own accord. */
  async ended(): Promise<void> {
    await eventually('the print shop has ended', 30_000, () => !this.running);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === null || !this.running) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
