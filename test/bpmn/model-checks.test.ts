import { topics } from '../../src/process/contract/index.js';
import { checkModels, diagramRules, formRules, lastRules } from '../../src/process/model-checks/index.js';
import { approvalCases } from './model-cases/approval-cases.js';
import { codeCases } from './model-cases/code-cases.js';
import { contractCases } from './model-cases/contract-cases.js';
import { flowCases } from './model-cases/flow-cases.js';
import { formCases } from './model-cases/form-cases.js';
import { rightStateCases, stateCases } from './model-cases/state-cases.js';
import { unusualCases } from './model-cases/unusual-cases.js';
import { variantCases } from './model-cases/variant-cases.js';
import { workCases } from './model-cases/work-cases.js';

const rules = [...diagramRules, ...formRules, ...lastRules];
const tables = {
  flow: flowCases,
  contract: contractCases,
  work: workCases,
  states: [...stateCases, ...rightStateCases],
  forms: formCases,
  variants: variantCases,
  approvals: approvalCases,
  code: codeCases,
  unusual: unusualCases,
};

describe.each(Object.entries(tables))('%s', (_theme, cases) => {
  test.each(cases)('$what', async ({ files, findings }) => {
    const found = await checkModels(files);
    expect(found.map(({ file, element, rule }) => `${file}: ${element}: ${rule}`)).toEqual(findings);
    for (const { message } of found) expect(message).toMatch(/^\S.*\S$/s);
  });
});

test('every rule has something to find', () => {
  const found = new Set(
    Object.values(tables)
      .flat()
      .flatMap(({ findings }) => findings.map((finding) => finding.split(': ').at(-1))),
  );
  expect(rules.map((rule) => rule.id).filter((id) => !found.has(id))).toEqual([]);
});

test('rules have names of their own, in words', () => {
  const ids = rules.map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
});

test('a finding names the file, the element and the cure', async () => {
  const [first] = contractCases.filter(({ what }) => what === 'a topic that no worker serves');
  expect(await checkModels(first?.files ?? [])).toEqual([
    {
      file: 'request-card.bpmn',
      element: 'find-holder',
      rule: 'known-topics',
      message: `No worker serves the topic "find-holders": use one of ${Object.keys(topics).join(', ')}.`,
    },
  ]);
});
