import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Installation } from './installation.js';
import { inParallel } from './pool.js';

export interface ProductionSetup {
  /** JSON of the print shop's script. */
  readonly script: object;
  /** Changes of the print shop's backend settings. */
  readonly backend: object;
  readonly mutant: boolean;
  readonly say: (line: string) => void;
}

export interface ProductionInstallation {
  readonly installation: Installation;
  /** Where the worker notes the canaries; only the run reads it. */
  readonly canaryFile: string;
  /** Everything that the launcher has said. */
  readonly said: readonly string[];
  stop(): Promise<void>;
}

/** An installation whose cards of the type `contractor` have a chip and need no photo: PINs by letter, PUKs by e-mail. */
export async function startProduction({
  script,
  backend,
  mutant,
  say,
}: ProductionSetup): Promise<ProductionInstallation> {
  const directory = await mkdtemp(join(tmpdir(), 'cards-production-'));
  const canaryFile = join(directory, 'canaries');
  const scriptFile = join(directory, 'script.json');
  await writeFile(scriptFile, JSON.stringify(script));
  await writeFile(canaryFile, '', { mode: 0o600 });
  const said: string[] = [];
  const installation = await Installation.start(
    ['--enable', 'request-card=without-approval'],
    (line) => {
      said.push(line);
      say(line);
    },
    {
      program: 'bench/production/start.mjs',
      env: {
        SAMPLE_DATA: 'demo',
        PRINT_SHOP_SCRIPT: scriptFile,
        BENCH_CANARIES: canaryFile,
        ...(mutant ? { BENCH_MUTANT: '1' } : {}),
      },
    },
  );
  const stop = async () => {
    await installation.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ok(installation.call('admin', 'PUT', '/use-cases/issue-card', { enabled: true }));
    await change(installation, '/card-types/contractor', { photoRequired: false, chip: true });
    const { body } = await ok(installation.call('admin', 'GET', '/backends/print-shop'));
    await change(installation, '/backends/print-shop', { settings: { ...body.settings, ...backend } });
    await ok(installation.call('admin', 'PUT', '/options/puk-delivery', { value: 'e-mail' }));
    await ok(installation.call('admin', 'PUT', '/options/puk-length', { value: 12 }));
    return { installation, canaryFile, said, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Approved cards for holders of the run's own, requested over the API. @returns the cards' ids */
export async function approvedCards(installation: Installation, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, index) => `P-${index + 1}`);
  const rows = numbers.map(
    (number) => `${number},Bench,Person ${number},${number}@example.org,${number}@upn.example.org,Bench,active`,
  );
  await ok(
    installation.call(
      'admin',
      'POST',
      '/holders/import',
      `employee_number,given_name,family_name,email,upn,department,state\n${rows.join('\n')}\n`,
    ),
  );
  const requests = new Set(
    await inParallel(numbers, 8, async (holder) => {
      const { body } = await ok(
        installation.call(
          'operator',
          'POST',
          '/card-requests',
          { holder, cardType: 'contractor' },
          { 'idempotency-key': `bench-${holder}` },
        ),
      );
      return body.id as string;
    }),
  );
  for (const deadline = Date.now() + 600_000; Date.now() < deadline; await sleep(500)) {
    const cards = await listAll(installation, 'admin', '/cards?state=approved');
    const ours = cards.filter((card) => requests.has(card.requestId));
    if (ours.length === count) return ours.map((card) => card.id as string);
  }
  throw new Error('Not all cards were approved in time.');
}

/** All pages of a list, asked again for as long as a part is down. */
export async function listAll(installation: Installation, account: string, path: string): Promise<any[]> {
  const items = [];
  for (let cursor = ''; ;) {
    const joint = path.includes('?') ? '&' : '?';
    const { body } = await ok(installation.callUntilAnswered(account, 'GET', `${path}${joint}limit=200${cursor}`));
    items.push(...body.items);
    if (body.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
}

/** @throws Error unless the answer is a good one */
export async function ok(answer: Promise<{ status: number; body: any }>): Promise<{ status: number; body: any }> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return { status, body };
}

/** Changes some fields of something that an administrator keeps. */
export async function change(installation: Installation, path: string, changes: object): Promise<void> {
  const { body } = await ok(installation.call('admin', 'GET', path));
  const { id: _id, kind: _kind, ...content } = body;
  await ok(installation.call('admin', 'PUT', path, { ...content, ...changes }));
}
