import { diffDiagrams, isSameMeaning } from '../../src/variants/deployments/diagram-diff.js';
import { shipped } from './variants.js';

let original: string;
beforeAll(async () => {
  original = await shipped('request-card-with-approval.bpmn');
});

const changed = async (change: (xml: string) => string) => diffDiagrams(original, change(original));

test('a diagram is the same as itself', async () => {
  const diff = await changed((xml) => xml);
  expect(diff).toEqual({ added: [], removed: [], changed: [], layoutChanged: [] });
  expect(isSameMeaning(diff)).toBe(true);
});

test('an input that decides is described in words, though it stands in extension elements', async () => {
  const diff = await changed((xml) => xml.replace('"requestedState">requested', '"requestedState">approved'));
  expect(diff.changed).toEqual([
    {
      id: 'register-request',
      name: 'Register request',
      type: 'serviceTask',
      changes: ['input parameter requestedState: "requested" became "approved"'],
    },
  ]);
});

test('attributes, checks, conditions and references are described', async () => {
  const diff = await changed((xml) =>
    xml
      .replace('camunda:candidateGroups="card-approvers"', 'camunda:candidateGroups="card-admins"')
      .replace('<camunda:property name="check" value="decide-request" />', '')
      .replace(/\$\{outcome == 'approved'\}/, "${outcome == 'rejected'}"),
  );
  expect(Object.fromEntries(diff.changed.map(({ id, changes }) => [id, changes]))).toEqual({
    'decide-request': [
      'candidate groups: "card-approvers" became "card-admins"',
      'property check: "decide-request" was removed',
    ],
    'to-approved': [`condition expression: "\${outcome == 'approved'}" became "\${outcome == 'rejected'}"`],
  });
});

test('what was only moved changes nothing', async () => {
  const diff = await changed((xml) => xml.replace('<dc:Bounds x="162"', '<dc:Bounds x="150"'));
  expect(diff.layoutChanged.length).toBe(1);
  expect(isSameMeaning(diff)).toBe(true);
});

test('steps that were added and removed have id, name and type', async () => {
  const withStep = original.replace(
    '<bpmn:endEvent id="closed-before"',
    '<bpmn:userTask id="look-again" name="Look again" /><bpmn:endEvent id="closed-before"',
  );
  const step = { id: 'look-again', name: 'Look again', type: 'userTask' };
  expect((await diffDiagrams(original, withStep)).added).toEqual([step]);
  expect((await diffDiagrams(withStep, original)).removed).toEqual([step]);
});

test('of two processes, what they contain is compared', async () => {
  const diff = await diffDiagrams(original, await shipped('request-card-without-approval.bpmn'));
  expect(diff.removed.map(({ id }) => id)).toEqual(expect.arrayContaining(['decide-request', 'record-decision']));
  expect([...diff.added, ...diff.removed].map(({ id }) => id)).not.toContain('register-request');
  const process = diff.changed.find(({ type }) => type === 'process');
  expect(process?.changes).toContain('property variant: "with-approval" became "without-approval"');
  expect(diff.changed.find(({ id }) => id === 'register-request')?.changes).toContain(
    'input parameter requestedState: "requested" became "approved"',
  );
});
