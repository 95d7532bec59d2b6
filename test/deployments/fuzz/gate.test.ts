import { startProduct, type Product } from '../../support/product.js';
import { shipped, variantFrom } from '../variants.js';
import { drive } from './drive.js';
import { mutate } from './mutations.js';
import { Random } from '../../../bench/lib/random.js';

/**
 * Good diagrams and forms, changed at random, at the gate: no answer but a deployment or a refusal in words, and nothing
 * deployed that the engine then fails to run. `npm run fuzz:gate` takes five minutes; FUZZ_SECONDS and FUZZ_SEED say
 * otherwise. Each finding names the seed of its round, which alone brings it back.
 */
const long = process.env['npm_lifecycle_event'] === 'fuzz:gate';
const seconds = Number(process.env['FUZZ_SECONDS'] ?? (long ? 300 : 20));
const firstSeed = Number(process.env['FUZZ_SEED'] ?? (long ? Date.now() % 1_000_000 : 1));
/** At least so many rounds, on a busy machine too. */
const fewestRounds = 25;

let product: Product;

beforeAll(async () => {
  product = await startProduct();
  // The fuzz plays the workers.
  await product.stopWorker();
}, 180_000);
afterAll(() => product.stop());

test(
  'whatever is sent is deployed and runs, or is refused in words',
  async () => {
    const form = await shipped('decide-request.form');
    const counts = new Map<string, number>();
    const findings: string[] = [];
    const deadline = performance.now() + seconds * 1_000;
    let round = 0;
    for (; round < fewestRounds || performance.now() < deadline; round += 1) {
      const seed = firstSeed + round;
      const random = new Random(seed);
      const diagram = await variantFrom(random.pick(['with-approval', 'without-approval'] as const), 'fuzzed');
      const files = [{ ...diagram, content: mutate(String(diagram.content), random) }];
      if (random.below(4) === 0) files.push({ name: 'decide-request.form', content: mutate(form, random) });
      const { status, body } = await product.call('designer', 'POST', '/deployments', { files });
      counts.set(String(status), (counts.get(String(status)) ?? 0) + 1);
      if (status === 200) {
        const [{ processKey, version }] = body.processes;
        const failure = await drive(product.engine, { key: processKey, version }, random);
        if (failure !== null) findings.push(`seed ${seed}: deployed, but the engine fails: ${failure}`);
      } else if (![400, 403, 413, 422].includes(status) || typeof body.detail !== 'string') {
        findings.push(`seed ${seed}: answered ${status} ${JSON.stringify(body).slice(0, 500)}`);
      }
    }
    process.stdout.write(
      `Gate fuzz: ${round} rounds from seed ${firstSeed}: ${JSON.stringify(Object.fromEntries(counts))}\n`,
    );
    expect(findings).toEqual([]);
    expect((await product.call('admin', 'GET', '/use-cases')).status).toBe(200);
  },
  (seconds + 300) * 1_000,
);
