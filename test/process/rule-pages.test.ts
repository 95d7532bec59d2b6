import { readdir, readFile } from 'node:fs/promises';
import { parseDefinitions } from '../../src/process/diagram.js';
import { ModelSet } from '../../src/process/model-checks/model-set.js';
import { rawFindings } from '../../src/process/raw-xml/raw-findings.js';
import { parseForm } from '../../src/process/model-checks/parse-form.js';
import { diagramRules, formRules, lastRules } from '../../src/process/model-checks/index.js';

/** Pages for what no rule over a parsed diagram can say: that it cannot be read, or is read in two ways. */
const readable = 'readable-file';
const allowed = 'allowed-xml';
const reading = 'one-reading';
const texts = 'readable-texts';
const files = [readable, allowed, reading, texts];

async function pageOf(rule: string): Promise<{ text: string; wrong: string; right: string }> {
  const text = await readFile(`docs/rules/${rule}.md`, 'utf8');
  const example = (title: string) => new RegExp(`## ${title}\n\n\`\`\`\\w+\n(.*?)\n\`\`\``, 's').exec(text)?.[1] ?? '';
  return { text, wrong: example('Wrong'), right: example('Right') };
}

/** A whole diagram around an example: a process where there is none, messages and errors beside it. */
function diagram(example: string): string {
  const [doctype = ''] = /^<!DOCTYPE.*>/m.exec(example) ?? [];
  const roots = example.match(/<bpmn:(message|error) .*\/>/g) ?? [];
  const inner = [doctype, ...roots].reduce((rest, part) => rest.replace(part, ''), example);
  const process = inner.includes('<bpmn:process')
    ? inner
    : `<bpmn:process id="example" isExecutable="true">${inner}</bpmn:process>`;
  return `${doctype}<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="https://example.org">${process}${roots.join('')}</bpmn:definitions>`;
}

const findHolder = parseForm('{ "id": "find-holder", "type": "default", "components": [] }');

test('every rule has a page, and no page is left over', async () => {
  const rules = [...diagramRules, ...lastRules, ...formRules].map(({ id }) => `${id}.md`);
  expect((await readdir('docs/rules')).sort()).toEqual(
    ['README.md', ...files.map((id) => `${id}.md`), ...rules].sort(),
  );
});

test.each([...diagramRules, ...formRules, ...lastRules].map(({ id }) => id).concat(files))(
  '%s says what, why and how to cure it',
  async (id) => {
    const { text } = await pageOf(id);
    expect(text).toMatch(new RegExp(`^# ${id}\n\n\\S[^\n]+\\.\n\n## Why\n\n.*## Cure\n\n\\S.*\n$`, 's'));
  },
);

describe('what a page calls wrong, its rule finds; what it calls right, it does not', () => {
  test.each([...diagramRules, ...lastRules].map((rule) => [rule.id, rule] as const))('%s', async (id, rule) => {
    const { wrong, right } = await pageOf(id);
    const judge = async (example: string) => {
      const definitions = await parseDefinitions(diagram(example));
      return rule.check(definitions, {
        name: 'example',
        models: new ModelSet([definitions], new Map([['find-holder', findHolder]])),
      });
    };
    expect(await judge(wrong)).not.toEqual([]);
    expect(await judge(right)).toEqual([]);
  });

  test.each(formRules.map((rule) => [rule.id, rule] as const))('%s', async (id, rule) => {
    const { wrong, right } = await pageOf(id);
    const context = { name: 'example', models: new ModelSet([], new Map()) };
    expect(rule.check(parseForm(wrong), context)).not.toEqual([]);
    expect(rule.check(parseForm(right), context)).toEqual([]);
  });

  test(readable, async () => {
    const { wrong, right } = await pageOf(readable);
    await expect(parseDefinitions(diagram(wrong))).rejects.toThrow('DOCTYPE');
    await parseDefinitions(diagram(right));
  });

  test(allowed, async () => {
    const { wrong, right } = await pageOf(allowed);
    expect(rawFindings('example', diagram(wrong))).not.toEqual([]);
    expect(rawFindings('example', diagram(right))).toEqual([]);
  });
});
