import { topics } from '../../src/process/contract/index.js';
import { checkModels, diagramRules, formRules, lastRules } from '../../src/process/model-checks/index.js';
import { ruleCases } from '../process/rule-cases.js';
import type { ModelCase } from './model-cases/model-case.js';
import { unusualCases } from './model-cases/unusual-cases.js';

const rules = [...diagramRules, ...formRules, ...lastRules].map(({ id }) => id);
/** What is said before any rule looks at a parsed diagram. */
const beforeRules = ['allowed-xml', 'readable-file'];

async function expectFindings({ files, findings }: ModelCase): Promise<void> {
  const found = await checkModels(files);
  expect(found.map(({ file, element, rule }) => `${file}: ${element}: ${rule}`)).toEqual(findings);
  for (const { message } of found) expect(message).toMatch(/^\S.*\S$/s);
}

test('every rule has a file of cases, and no file is left over', () => {
  expect(ruleCases.map(({ rule }) => rule)).toEqual([...rules, ...beforeRules].sort());
});

describe.each(ruleCases)('$rule', ({ rule, failing, passing }) => {
  test.each(failing)('refuses $what', async (each) => {
    expect(each.findings.map((finding) => finding.split(': ').at(-1))).toContain(rule);
    await expectFindings(each);
  });

  test.each(passing)('takes $what', async (each) => {
    expect(each.findings).toEqual([]);
    await expectFindings(each);
  });
});

describe('unusual models', () => {
  test.each(unusualCases)('$what', expectFindings);
});

test('rules have names of their own, in words', () => {
  expect(new Set(rules).size).toBe(rules.length);
  for (const id of rules) expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
});

test('a finding names the file, the element and the cure', async () => {
  const topicCases = ruleCases.find(({ rule }) => rule === 'known-topics');
  const unserved = topicCases?.failing.find(({ what }) => what === 'a topic that no worker serves');
  expect(await checkModels(unserved?.files ?? [])).toEqual([
    {
      file: 'request-card.bpmn',
      element: 'find-holder',
      rule: 'known-topics',
      message: `No worker serves the topic "find-holders": use one of ${Object.keys(topics).join(', ')}.`,
    },
  ]);
});
