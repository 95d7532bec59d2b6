import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diagramRules, lastRules } from '../../src/process/model-checks/index.js';
import { chain, edited, sample, shipped, work } from '../bpmn/model-cases/model-case.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
let folder: string;

beforeAll(async () => {
  await run(process.execPath, ['designers/build.mjs']);
  folder = await mkdtemp(join(tmpdir(), 'bpmnlint-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Linted {
  readonly registered: number;
  readonly type: string;
  readonly config: object;
  readonly found: readonly { readonly rule: string; readonly id: string; readonly url: string }[];
}

function lint(xml: string, ...flags: string[]): Linted {
  const output = execFileSync(process.execPath, ['test/process/lint-as-modeler.mjs', ...flags], {
    input: xml,
    encoding: 'utf8',
  });
  return JSON.parse(output) as Linted;
}

const contentOf = (name: string, files = shipped) => files.find((file) => file.name === name)?.content ?? '';

describe('in Camunda Modeler', () => {
  test('the manifest names the script', () => {
    expect(require('../../designers/bpmnlint-plugin-cards/index.js')).toEqual({
      name: 'Card request rules',
      script: './dist/client.js',
    });
  });

  test('it brings every rule about diagrams, as an error', () => {
    const { registered, type, config } = lint(sample(chain()).content);
    expect({ registered, type }).toEqual({ registered: 1, type: 'lintRules.bpmn' });
    const ids = [...diagramRules, ...lastRules].map(({ id }) => [`cards/${id}`, 'error']);
    expect(config).toEqual({ rules: Object.fromEntries(ids) });
  });

  test.each(shipped.filter(({ name }) => name.endsWith('.bpmn')))(
    '$name alone is right, though its forms and callers are not at hand',
    ({ content }) => {
      expect(lint(content).found).toEqual([]);
    },
  );

  test('a finding names rule, element and the page about it', () => {
    expect(lint(sample(chain(work('print', 'print-label'))).content).found).toEqual([
      {
        rule: 'cards/known-topics',
        id: 'print',
        url: expect.stringMatching(/^https:.*\/docs\/rules\/known-topics\.md$/),
      },
    ]);
  });

  test('a variant is walked against the life of a card', () => {
    const files = edited('request-card-with-approval.bpmn', [
      '>requested</camunda:inputParameter>',
      '>approved</camunda:inputParameter>',
    ]);
    const { found } = lint(contentOf('request-card-with-approval.bpmn', files));
    expect(found.map(({ rule, id }) => `${rule} ${id}`)).toEqual(['cards/card-states decide-request']);
  });

  test('a file that is read before it is opened, without the engine’s attributes, is left for later', () => {
    expect(lint(contentOf('request-card.bpmn'), '--untyped').found).toEqual([]);
  });
});

describe('on the command line', () => {
  const bpmnlint = (file: string) =>
    run(process.execPath, ['node_modules/bpmnlint/bin/bpmnlint.js', '-c', 'bpmn/.bpmnlintrc', file]);

  test('bpmnlint passes what we ship', async () => {
    await bpmnlint('bpmn/*.bpmn');
  });

  test('bpmnlint names element, cure and rule of what is wrong', async () => {
    const file = join(folder, 'sample.bpmn');
    await writeFile(file, sample(chain(work('print', 'print-label'))).content);
    await expect(bpmnlint(file)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/print .*No worker serves the topic "print-label".*cards\/known-topics/),
    });
  });
});
