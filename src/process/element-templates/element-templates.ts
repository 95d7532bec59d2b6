import { inputValues } from '../contract/diagram-values.js';
import {
  checks,
  extensionProperties,
  retryProperties,
  topics,
  type CheckName,
  type TopicContract,
  type TopicName,
} from '../contract/index.js';
import { forms, waits, work, type FormHelp, type Variation, type WaitHelp, type WorkHelp } from './palette.js';

/** An element template for Camunda Modeler and the platform Camunda 7; source: `@camunda/element-templates-json-schema`. */
export interface ElementTemplate {
  readonly $schema: string;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly appliesTo: readonly string[];
  readonly elementType: { readonly value: string };
  readonly category: { readonly id: string; readonly name: string };
  readonly groups: readonly { readonly id: string; readonly label: string }[];
  readonly properties: readonly TemplateProperty[];
}

export interface TemplateProperty {
  readonly type: 'String' | 'Hidden' | 'Dropdown';
  readonly binding: {
    readonly type: 'property' | 'camunda:property' | 'camunda:inputParameter';
    readonly name: string;
  };
  readonly value?: string;
  readonly label?: string;
  readonly description?: string;
  readonly group?: string;
  readonly choices?: readonly { readonly name: string; readonly value: string }[];
  readonly constraints?: { readonly notEmpty?: boolean; readonly pattern?: Pattern };
}

interface Pattern {
  readonly value: string;
  readonly message: string;
}

/** The whole palette: every topic of the contract, the forms with their checks, and what can be waited for. */
export function elementTemplates(): ElementTemplate[] {
  const worked = (Object.keys(topics) as TopicName[]).flatMap((topic) =>
    workTemplates(topic, topics[topic], work[topic]),
  );
  const formed = (Object.keys(forms) as CheckName[]).map((check) => formTemplate(check, forms[check]));
  return [...worked, ...formed, ...waits.map(waitTemplate)];
}

/** One template for what a topic usually does, and one for each variation of it. */
function workTemplates(topic: TopicName, contract: TopicContract, help: WorkHelp<string>): ElementTemplate[] {
  const usual = { id: topic, name: contract.name, does: help.does, fixed: {}, without: [] };
  return [usual, ...(help.variations ?? [])].map((entry) => workTemplate(topic, contract, help.inputs, entry));
}

function workTemplate(
  topic: TopicName,
  contract: TopicContract,
  inputs: WorkHelp<string>['inputs'],
  entry: Variation<string>,
): ElementTemplate {
  const open = Object.entries(inputs).filter(([input]) => !(input in entry.fixed) && !entry.without.includes(input));
  const isTaken = (input: string, begins?: string) =>
    begins === undefined && contract.inputs[input]?.endsWith('?') === true;
  const shown = open.filter(([input, { begins }]) => !isTaken(input, begins));
  const taken = open.filter(([input, { begins }]) => isTaken(input, begins)).map(([input]) => input);
  return template('bpmn:ServiceTask', entry, {
    also: [
      ...(taken.length === 0 ? [] : [`Where a variable of that name is set, it also takes: ${taken.join(', ')}.`]),
      ...(contract.errors.length === 0
        ? []
        : [`Catch its BPMN errors, here or around it: ${contract.errors.join(', ')}.`]),
    ],
    properties: [
      hidden('property', 'camunda:type', 'external'),
      hidden('property', 'camunda:topic', topic),
      ...Object.entries(entry.fixed).map(([input, value]) => hidden('camunda:inputParameter', input, value ?? '')),
      ...shown.map(([input, { help, begins }]) => inputProperty(topic, input, help, begins ?? `\${${input}}`)),
      ...retryOverrides(contract),
    ],
  });
}

function inputProperty(topic: TopicName, input: string, help: string, value: string): TemplateProperty {
  const about = {
    binding: { type: 'camunda:inputParameter', name: input },
    label: input,
    description: help,
    group: 'inputs',
    value,
    constraints: { notEmpty: true },
  } as const;
  const limits = inputValues[topic]?.[input];
  if (limits?.constant === true) {
    return { ...about, type: 'Dropdown', choices: limits.values.map((each) => ({ name: each, value: each })) };
  }
  return { ...about, type: 'String' };
}

function retryOverrides({ retry }: TopicContract): TemplateProperty[] {
  const property = (name: string, label: string, description: string, pattern: Pattern): TemplateProperty => {
    const binding = { type: 'camunda:property', name } as const;
    return { type: 'String', binding, label, description, group: 'retries', value: '', constraints: { pattern } };
  };
  return [
    property(retryProperties.attempts, 'Attempts', `In all, the first included. Empty: ${retry.attempts}.`, {
      value: '^([1-9][0-9]{0,3})?$',
      message: 'A whole number from 1 to 9999.',
    }),
    property(
      retryProperties.firstDelay,
      'First delay',
      `Before the second attempt; it doubles from there. Empty: PT${retry.firstDelayMs / 1_000}S.`,
      {
        value: '^(P(?=[0-9T])([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)?$',
        message: 'A duration, for example PT10S.',
      },
    ),
  ];
}

function formTemplate(check: CheckName, help: FormHelp): ElementTemplate {
  const people = Object.entries(help.people).map(([name, value]) => hidden('property', name, value));
  return template(help.element, help, {
    also: [`When the form is submitted, the server checks: ${checks[check].name}.`],
    properties: [
      {
        type: 'String',
        binding: { type: 'property', name: 'camunda:formRef' },
        label: 'Form',
        description: `Id of the form. A copy of yours keeps these fields: ${Object.keys(checks[check].fields).join(', ')}.`,
        group: 'inputs',
        value: help.form,
        constraints: { notEmpty: true },
      },
      hidden('property', 'camunda:formRefBinding', 'deployment'),
      hidden('camunda:property', extensionProperties.check, check),
      ...people,
    ],
  });
}

/** Templates of this platform cannot set a message, so the description says which. */
function waitTemplate(help: WaitHelp): ElementTemplate {
  const also = [`Choose or create the message ${help.message} below, under Message.`];
  return template('bpmn:ReceiveTask', help, { also, properties: [] });
}

function template(
  element: string,
  { id, name, does }: { readonly id: string; readonly name: string; readonly does: string },
  { also, properties }: { readonly also: readonly string[]; readonly properties: readonly TemplateProperty[] },
): ElementTemplate {
  const groups = [
    { id: 'inputs', label: 'What it takes' },
    { id: 'retries', label: 'When it fails' },
  ];
  return {
    $schema: 'https://unpkg.com/@camunda/element-templates-json-schema/resources/schema.json',
    id: `open-card-requests.${id}`,
    name,
    description: [does, ...also].join(' '),
    appliesTo: element === 'bpmn:StartEvent' ? [element] : ['bpmn:Task', element],
    elementType: { value: element },
    category: { id: 'cards', name: 'Cards' },
    groups: groups.filter((group) => properties.some((property) => property.group === group.id)),
    properties: [
      {
        type: 'String',
        binding: { type: 'property', name: 'name' },
        label: 'Name',
        description: 'What people read in the diagram and in Tasklist.',
        value: name,
      },
      ...properties,
    ],
  };
}

function hidden(type: TemplateProperty['binding']['type'], name: string, value: string): TemplateProperty {
  return { type: 'Hidden', binding: { type, name }, value };
}
