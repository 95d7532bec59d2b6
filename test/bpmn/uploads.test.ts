import { Worker } from 'node:worker_threads';
import type { FileFinding, ModelFile } from '../../src/process/model-checks/index.js';
import { ruleCases } from '../process/rule-cases.js';
import { hostileCases } from './model-cases/hostile-cases.js';
import { unusualCases } from './model-cases/unusual-cases.js';

const cases = [...ruleCases.flatMap(({ failing, passing }) => [...failing, ...passing]), ...unusualCases];
const withDiagram = cases.filter(({ files }) => files.some(({ name }) => name.endsWith('.bpmn')));
const broken = withDiagram.filter(({ findings }) => findings.length > 0);
const right = withDiagram.filter(({ findings }) => findings.length === 0);

interface Judged {
  readonly findings: readonly FileFinding[];
  readonly milliseconds: number;
  /** How often the event loop came to something else meanwhile. */
  readonly othersAnswered: number;
}

let thread: Worker;
let slowest = 0;

beforeAll(() => {
  thread = new Worker(new URL('judging-program.ts', import.meta.url));
});

afterAll(async () => {
  await thread.terminate();
  process.stdout.write(
    `${hostileCases.length + broken.length} broken diagrams refused, ${right.length} right ones accepted, the slowest in ${Math.round(slowest)} ms\n`,
  );
});

async function upload(files: readonly { readonly name: string; readonly content: Uint8Array }[]): Promise<Judged> {
  let othersAnswered = 0;
  const others = setInterval(() => {
    othersAnswered += 1;
  }, 1);
  const answer = new Promise<{ findings: FileFinding[]; milliseconds: number }>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  thread.postMessage(files);
  const judged = await answer;
  clearInterval(others);
  thread.removeAllListeners('error');
  slowest = Math.max(slowest, judged.milliseconds);
  return { ...judged, othersAnswered };
}

const asBytes = (files: readonly ModelFile[]) =>
  files
    .filter(({ name }) => /\.(bpmn|form)$/.test(name))
    .map(({ name, content }) => ({ name, content: Buffer.from(content) }));
const told = (findings: readonly FileFinding[]) =>
  [...new Set(findings.map(({ file, element, rule }) => `${file}: ${element}: ${rule}`))].sort();

test('there are at least 60 broken diagrams and 20 right ones', () => {
  expect(broken.length + hostileCases.length).toBeGreaterThanOrEqual(60);
  expect(right.length).toBeGreaterThanOrEqual(20);
});

describe('hostile files are refused, by the right rule, while others are answered', () => {
  test.each(hostileCases)('$what', async ({ bytes, rule, element }) => {
    const { findings, milliseconds, othersAnswered } = await upload([{ name: 'sample.bpmn', content: bytes }]);
    expect(told(findings)).toContain(`sample.bpmn: ${element}: ${rule}`);
    for (const { message } of findings) expect(message).toMatch(/^[^\n]{10,400}$/);
    expect(milliseconds).toBeLessThan(2_000);
    if (milliseconds > 50) expect(othersAnswered).toBeGreaterThan(1);
  });
});

describe('broken diagrams are refused, each with its rule and element', () => {
  test.each(broken)('$what', async ({ files, findings }) => {
    const judged = await upload(asBytes(files));
    expect(told(judged.findings)).toEqual(
      expect.arrayContaining([...new Set(findings)].filter((finding) => !finding.includes('.form:'))),
    );
    expect(judged.findings).not.toEqual([]);
  });
});

describe('right diagrams are accepted', () => {
  test('also behind a byte order mark', async () => {
    const { findings } = await upload(
      asBytes(right[0]?.files ?? []).map(({ name, content }) => ({
        name,
        content: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), content]),
      })),
    );
    expect(findings.filter(({ rule }) => rule !== 'form-with-diagram')).toEqual([]);
  });

  test.each(right)('$what', async ({ files }) => {
    const { findings } = await upload(asBytes(files));
    expect(findings.filter(({ rule }) => rule !== 'form-with-diagram')).toEqual([]);
  });
});
