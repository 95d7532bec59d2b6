/** What an earlier release took and today's rules refuse stays deployed; it must not keep an upload from being judged in full. */
import { parseDefinitions, diagramOf } from '../../src/process/diagram.js';
import type { ModelFile } from '../../src/process/model-checks/index.js';
import type { DeployedModel } from '../../src/variants/deployments/deployment-types.js';
import { judgeUpload } from '../../src/variants/deployments/judge.js';
import { begin, decide, drawnFile, end, record, register, variant, way } from '../bpmn/model-cases/drawing.js';
import { bare } from '../bpmn/model-cases/model-case.js';

const withApproval = 'request-card-with-approval';
const forms = bare.filter(({ name }) => name.endsWith('.form'));

/** The shipped diagrams, the one with approval as the last release shipped it: what follows its time limit maps inputs that are gone. */
async function deployedByLastRelease(): Promise<DeployedModel[]> {
  const task = /(<bpmn:serviceTask id="record-time-limit"[^>]*>)/;
  const mapped = `$1<bpmn:extensionElements><camunda:inputOutput><camunda:inputParameter name="cause">time-limit</camunda:inputParameter></camunda:inputOutput></bpmn:extensionElements>`;
  const diagrams = bare
    .filter(({ name }) => name.endsWith('.bpmn'))
    .map(({ name, content }) => ({
      name,
      content: name === `${withApproval}.bpmn` ? content.replace(task, mapped) : content,
    }));
  return Promise.all(
    diagrams.map(async (diagram) => {
      const { processKey, formRefs } = diagramOf(await parseDefinitions(diagram.content));
      return { processKey, diagram, forms: forms.filter(({ name }) => formRefs.includes(name.replace('.form', ''))) };
    }),
  );
}

const judge = async (file: ModelFile) => {
  const { findings } = await judgeUpload([file], {
    deployed: await deployedByLastRelease(),
    newest: [],
    ownGroups: [],
  });
  return findings.map((each) => `${each.file}: ${each.element}: ${each.rule}`);
};
const drawn = (...inner: readonly string[]) => variant(inner.join('\n'));
const right = drawn(begin, register(), decide(), record(), end(), way('begin', 'register', 'decide', 'record', 'end'));

test('a right one is taken', async () => {
  expect(await judge(right)).toEqual([]);
});

test('one that leads a card astray is refused', async () => {
  const twice = drawn(
    begin,
    register(),
    register('requested', 'again'),
    decide(),
    record(),
    end(),
    way('begin', 'register', 'again', 'decide', 'record', 'end'),
  );
  expect(await judge(twice)).toContain(`${drawnFile}: again: card-states`);
});

test('one with what has no place in a diagram is refused', async () => {
  const content = right.content.replace(
    '<process ',
    '<process xmlns:other="http://example.org/other" other:hidden="true" ',
  );
  expect(await judge({ ...right, content })).toContainEqual(expect.stringMatching(/: allowed-xml$/));
});
