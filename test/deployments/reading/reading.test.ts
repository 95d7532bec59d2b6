import { readFile, readdir } from 'node:fs/promises';
import { EngineClient } from '../../../src/engine/client.js';
import { findSurplus, takeBack } from '../../../src/engine/deployed-readings.js';
import { findDifferences } from '../../../src/engine/diagram-reading.js';
import { DiagramError, diagramOf, parseDefinitions } from '../../../src/process/diagram.js';
import { checkModels, readModelFiles } from '../../../src/process/model-checks/index.js';
import { ModelSet } from '../../../src/process/model-checks/model-set.js';
import { allowedExpressions } from '../../../src/process/model-checks/rules/allowed-expressions.js';
import { engineNamespaces } from '../../../src/process/model-checks/rules/engine-namespaces.js';
import { noCode } from '../../../src/process/model-checks/rules/no-code.js';
import { rawFindings } from '../../../src/process/raw-xml/raw-findings.js';
import { judgedReading } from '../../../src/process/reading/judged-reading.js';
import type { Reading } from '../../../src/process/reading/reading.js';
import { readText, unreadable } from '../../../src/variants/deployments/upload-limits.js';
import { lentEngine } from '../../support/engine.js';
import { Random } from '../../../bench/lib/random.js';
import { takeFreedoms } from './xml-freedoms.js';
import { median } from '../../../bench/lib/statistics.js';

/**
 * A differential test of gate and engine over diagrams that take XML's freedoms: what both would take has to run as
 * judged, and what the engine would run otherwise has to be refused. `npm run fuzz:reading` tries 20,000; FUZZ_COUNT and
 * FUZZ_SEED say otherwise. Each diagram has a seed of its own, which alone brings it back.
 */
const long = process.env['npm_lifecycle_event'] === 'fuzz:reading';
const count = Number(process.env['FUZZ_COUNT'] ?? (long ? 20_000 : 600));
const firstSeed = Number(process.env['FUZZ_SEED'] ?? 1);
/** One of so many diagrams that are taken is deployed. */
const deployOneIn = long ? 20 : 10;
const atOnce = 4;
const user = 'card-server';

let engine: EngineClient;
beforeAll(async () => {
  const { engineUrl, door } = await lentEngine();
  engine = new EngineClient(new URL(engineUrl).origin, door, atOnce);
}, 180_000);
afterAll(() => engine.close());

async function originals(): Promise<{ name: string; xml: string }[]> {
  const folders = ['bpmn', 'docs/examples', 'test/bpmn/model-cases/modeler'];
  const names = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder)).filter((name) => name.endsWith('.bpmn')).map((name) => `${folder}/${name}`),
    ),
  );
  return Promise.all(names.flat().map(async (name) => ({ name, xml: await readFile(name, 'utf8') })));
}

interface Judged {
  /** Which step has refused it; null where the gate by itself would take it. */
  readonly refusedBy: 'upload' | 'bpmn-moddle' | 'rules' | 'raw XML' | null;
  readonly reading: readonly Reading[];
}

/** The gate's own judgement, as far as it is about what a diagram is and not about what it does with a card. */
async function judge(xml: string): Promise<Judged> {
  const refused = (refusedBy: Judged['refusedBy'], reading: readonly Reading[] = []): Judged => ({
    refusedBy,
    reading,
  });
  const text = readText(Buffer.from(xml, 'utf8'));
  if (text === null || unreadable({ name: 'x.bpmn', content: text }).length > 0) return refused('upload');
  try {
    const definitions = await parseDefinitions(text);
    diagramOf(definitions);
    const reading = judgedReading(definitions);
    const context = { name: 'x', models: new ModelSet([definitions], new Map()) };
    const broken = [noCode, engineNamespaces, allowedExpressions].some(
      (rule) => rule.check(definitions, context).length > 0,
    );
    if (broken) return refused('rules', reading);
    return refused(rawFindings('x', text).length > 0 ? 'raw XML' : null, reading);
  } catch (raw) {
    if (raw instanceof DiagramError) return refused('bpmn-moddle');
    throw raw;
  }
}

let deploying: Promise<unknown> = Promise.resolve();
/** One after the other, as the gate does: versions of one process would meet. */
async function deployed(xml: string, reading: readonly Reading[]): Promise<readonly unknown[]> {
  const mine = deploying.then(() => deployedAlone(xml, reading));
  deploying = mine.catch(() => null);
  return mine;
}

/** Deploys it past the gate, and tells what then runs otherwise than was judged. */
async function deployedAlone(xml: string, reading: readonly Reading[]): Promise<readonly unknown[]> {
  const [key = ''] = Object.keys(reading[0] ?? {});
  const body = new FormData();
  body.set('deployment-name', 'reading');
  body.set(`${key}.bpmn`, new File([xml], `${key}.bpmn`));
  const answer = await engine.raw({ user, method: 'POST', path: '/deployment/create', body, timeoutMs: 60_000 });
  const { id } = JSON.parse(answer.body.toString('utf8')) as { id: string };
  try {
    return await findSurplus(engine, user, id, new Map([[key, reading]]));
  } finally {
    await takeBack(engine, user, id);
  }
}

/** Milliseconds that half of some runs take no longer than. */
async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 9; run += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return median(times);
}

test('reading twice costs little beside the rules', async () => {
  const files = await readModelFiles('bpmn');
  const diagrams = files.filter(({ name }) => name.endsWith('.bpmn'));
  const variant = diagrams.find(({ name }) => name === 'request-card-with-approval.bpmn')?.content ?? '';
  const definitions = await parseDefinitions(variant);
  const whole = await medianOf(() => checkModels(files));
  const raw = await medianOf(() => Promise.resolve(diagrams.map(({ name, content }) => rawFindings(name, content))));
  const own = await medianOf(() => Promise.resolve(judgedReading(definitions)));
  const call = await medianOf(() => findDifferences(engine, user, variant, judgedReading(definitions)));
  const ratio = (whole + own) / (whole - raw);
  process.stdout.write(
    `judging takes ${(whole + own).toFixed(0)} ms, ${ratio.toFixed(2)} of the rules alone; the call of the engine ${call.toFixed(0)} ms\n`,
  );
  expect(ratio).toBeLessThan(1.5);
}, 120_000);

test(
  'what is taken runs as judged, and what would run otherwise is refused',
  async () => {
    const diagrams = await originals();
    const counts = new Map<string, number>();
    const onlyByComparing = new Map<string, number>();
    const wrong: object[] = [];
    const add = (to: Map<string, number>, what: string) => to.set(what, (to.get(what) ?? 0) + 1);
    const times = { judging: 0, engine: 0 };
    let next = 0;
    const one = async (seed: number) => {
      const random = new Random(seed);
      const { name, xml: original } = random.pick(diagrams);
      const { xml, taken } = takeFreedoms(original, random);
      const began = performance.now();
      const { refusedBy, reading } = await judge(xml);
      const judged = performance.now();
      times.judging += judged - began;
      if (refusedBy !== null) {
        add(counts, `refused by ${refusedBy}`);
        return;
      }
      const found = await findDifferences(engine, user, xml, reading);
      times.engine += performance.now() - judged;
      if (found.some(({ message }) => message.startsWith('The process engine cannot run it')))
        add(counts, 'refused by the engine');
      else if (found.length > 0) {
        add(counts, 'refused by comparing');
        for (const freedom of new Set(taken)) add(onlyByComparing, freedom);
      } else {
        add(counts, 'taken');
        if (random.below(deployOneIn) > 0) return;
        add(counts, 'taken and deployed');
        const differing = await deployed(xml, reading);
        if (differing.length > 0) wrong.push({ seed, name, taken, differing });
      }
    };
    const work = async () => {
      for (let seed = firstSeed + next++; seed < firstSeed + count; seed = firstSeed + next++) await one(seed);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const asked = ['taken', 'refused by comparing', 'refused by the engine'].reduce(
      (sum, each) => sum + (counts.get(each) ?? 0),
      0,
    );
    process.stdout.write(
      `${count} diagrams from seed ${firstSeed}: ${JSON.stringify(Object.fromEntries([...counts].sort()))}\n` +
        `the comparison alone refused, by what was changed: ${JSON.stringify(Object.fromEntries([...onlyByComparing].sort()))}\n` +
        `${(times.judging / count).toFixed(1)} ms to judge, ${(times.engine / Math.max(1, asked)).toFixed(1)} ms for the engine's reading (${atOnce} at once)\n`,
    );
    expect(wrong).toEqual([]);
    expect(counts.get('taken') ?? 0).toBeGreaterThan(count / 20);
  },
  long ? 3_600_000 : 300_000,
);
