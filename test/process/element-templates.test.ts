import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { checks, messages, retryProperties, topics, type TopicName } from '../../src/process/contract/index.js';
import { parseDefinitions } from '../../src/process/diagram.js';
import {
  elementTemplates,
  type ElementTemplate,
  type TemplateProperty,
} from '../../src/process/element-templates/element-templates.js';
import { templateFiles } from '../../src/process/element-templates/template-files.js';
import { diagramRules } from '../../src/process/model-checks/index.js';
import { ModelSet } from '../../src/process/model-checks/model-set.js';
import { parseForm } from '../../src/process/model-checks/parse-form.js';
import { retryProperties as readByWorkers } from '../../workers/runtime/failures.js';
import { shipped } from '../bpmn/model-cases/model-case.js';

const folder = 'bpmn/.camunda/element-templates';
const templates = elementTemplates();
const valuesOf = ({ properties }: ElementTemplate, name: string) =>
  properties.flatMap((property) => (property.binding.name === name ? [property.value] : []));

test('the committed palette is the one of the contract: run `npm run templates` when this fails', async () => {
  const committed = await Promise.all(
    (await readdir(folder)).map(async (name) => [name, await readFile(`${folder}/${name}`, 'utf8')] as const),
  );
  expect(new Map(committed.sort())).toEqual(new Map([...templateFiles()].sort()));
});

test('the published schema of element templates accepts every template', () => {
  const output = execFileSync(process.execPath, ['test/process/validate-templates.mjs'], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({ checked: templates.length, errors: [] });
});

test('there is a template for every topic, every check and for waiting for production', () => {
  expect(new Set(templates.flatMap((each) => valuesOf(each, 'camunda:topic')))).toEqual(new Set(Object.keys(topics)));
  expect(new Set(templates.flatMap((each) => valuesOf(each, 'check')))).toEqual(new Set(Object.keys(checks)));
  expect(templates.find(({ id }) => id === 'open-card-requests.wait-for-production')?.description).toContain(
    messages.productionEnded,
  );
});

test('ids are words, and each has its own', () => {
  const ids = templates.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^open-card-requests\.[a-z]+(-[a-z]+)*$/);
});

test.each(Object.keys(topics) as TopicName[])(
  'the template of %s names its errors and only inputs that it takes',
  (topic) => {
    const { inputs, errors } = topics[topic];
    for (const template of templates.filter((each) => valuesOf(each, 'camunda:topic').includes(topic))) {
      for (const code of errors) expect(template.description).toContain(code);
      const mapped = template.properties
        .filter(({ binding }) => binding.type === 'camunda:inputParameter')
        .map(({ binding }) => binding.name);
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(mapped));
    }
  },
);

test('retries are overridden by the properties that workers read', () => {
  expect(readByWorkers).toEqual(retryProperties);
});

/** An element as Camunda Modeler makes it of a template. */
function applied({ elementType, properties, id }: ElementTemplate): string {
  const of = (type: TemplateProperty['binding']['type']) => properties.filter(({ binding }) => binding.type === type);
  const escaped = (text = '') => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;');
  const attributes = of('property').map(({ binding, value }) => `${binding.name}="${escaped(value)}"`);
  const inputs = of('camunda:inputParameter').map(
    ({ binding, value }) => `<camunda:inputParameter name="${binding.name}">${value}</camunda:inputParameter>`,
  );
  const own = of('camunda:property').map(
    ({ binding, value }) => `<camunda:property name="${binding.name}" value="${escaped(value)}" />`,
  );
  const extensions = `<camunda:inputOutput>${inputs.join('')}</camunda:inputOutput><camunda:properties>${own.join('')}</camunda:properties>`;
  const type = elementType.value.replace('bpmn:', '');
  const element = `bpmn:${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  return `<${element} id="drawn" camunda:modelerTemplate="${id}" ${attributes.join(' ')}><bpmn:extensionElements>${extensions}</bpmn:extensionElements></${element}>`;
}

/** Rules about an element by itself; what leads to it and away from it is the diagram's affair. */
const aboutElements = [
  'known-topics',
  'retry-overrides',
  'known-checks',
  'form-references',
  'task-people',
  'no-code',
  'allowed-expressions',
];

test.each(templates.map((template) => [template.name, template] as const))(
  '%s, drawn from its template, keeps to the rules',
  async (_name, template) => {
    const definitions =
      await parseDefinitions(`<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn"><bpmn:process id="drawing" isExecutable="true">${applied(template)}</bpmn:process></bpmn:definitions>`);
    const forms = shipped.filter(({ name }) => name.endsWith('.form')).map(({ content }) => parseForm(content));
    const context = {
      name: 'drawing',
      models: new ModelSet([definitions], new Map(forms.map((form) => [form.id, form]))),
    };
    const rules = diagramRules.filter(({ id }) => aboutElements.includes(id));
    expect(rules.flatMap((rule) => rule.check(definitions, context))).toEqual([]);
  },
);
