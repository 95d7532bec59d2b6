import { readModelFiles, type ModelFile } from '../../../src/process/model-checks/index.js';

/** A set of models, and all that the checks have to say about it, as `file: element: rule`; nothing for a right one. */
export interface ModelCase {
  readonly what: string;
  readonly files: readonly ModelFile[];
  readonly findings: readonly string[];
}

/** The diagrams and forms that we ship. */
export const shipped = await readModelFiles('bpmn');

/** The shipped models without their layout, which would refer to what an edit removes. */
export const bare = shipped.map(({ name, content }) => ({
  name,
  content: content.replace(/<bpmndi:BPMNDiagram.*<\/bpmndi:BPMNDiagram>/s, ''),
}));

/** The shipped models with some texts of one of them replaced, wherever they occur. */
export function edited(file: string, ...replacements: readonly (readonly [string | RegExp, string])[]): ModelFile[] {
  if (!bare.some(({ name }) => name === file)) throw new Error(`There is no model ${file}.`);
  return bare.map((model) =>
    model.name === file ? { ...model, content: replacements.reduce(replaced, model.content) } : model,
  );
}

function replaced(content: string, [from, to]: readonly [string | RegExp, string]): string {
  const result = content.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), () => to);
  if (result === content) throw new Error(`Nothing to replace: ${String(from)}`);
  return result;
}

/** A diagram `sample.bpmn` with one process; `inner` is what is in it, in BPMN's own namespace. */
export function sample(
  inner: string,
  { id = 'sample', attributes = 'camunda:historyTimeToLive="P30D"', roots = '' } = {},
): ModelFile {
  return {
    name: `${id}.bpmn`,
    content: `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="sample-definitions" targetNamespace="https://example.org/test">
      <process id="${id}" name="Sample" isExecutable="true" ${attributes}>${withNames(inner)}</process>${roots}
    </definitions>`,
  };
}

/** Work and events without a name get one, unless it is what they are about to lack: `name=""` stays as it is. */
function withNames(xml: string): string {
  const nameless = /<(\w*[Tt]ask|callActivity|intermediateCatchEvent)\b(?![^>]*\sname=)/g;
  return xml.replaceAll(nameless, '<$1 name="Some work"');
}

/** Elements one after the other, from a start event `begin` to an end event `end`; each is given as id and XML. */
export function chain(...steps: readonly (readonly [id: string, xml: string])[]): string {
  const all = [['begin', '<startEvent id="begin" />'], ...steps, ['end', '<endEvent id="end" />']] as const;
  const flows = all.slice(1).map(([id], index) => flow(all[index]?.[0] ?? '', id));
  return [...all.map(([, xml]) => xml), ...flows].join('\n');
}

export function flow(from: string, to: string, condition?: string): string {
  const inner =
    condition === undefined
      ? ''
      : `<conditionExpression xsi:type="tFormalExpression">${condition}</conditionExpression>`;
  return `<sequenceFlow id="${from}-to-${to}" sourceRef="${from}" targetRef="${to}">${inner}</sequenceFlow>`;
}

/** An element of the worker palette; `inputs` are its mapped inputs. */
export function work(
  id: string,
  topic: string,
  inputs: Readonly<Record<string, string>> = {},
): readonly [string, string] {
  const mapped = Object.entries(inputs).map(
    ([name, value]) => `<camunda:inputParameter name="${name}">${value}</camunda:inputParameter>`,
  );
  const mapping = `<extensionElements><camunda:inputOutput>${mapped.join('')}</camunda:inputOutput></extensionElements>`;
  return [id, `<serviceTask id="${id}" camunda:type="external" camunda:topic="${topic}">${mapping}</serviceTask>`];
}

/** A user task of the operators, with what is in it and further attributes. */
export function task(id: string, attributes = '', inner = ''): readonly [string, string] {
  return [id, `<userTask id="${id}" camunda:candidateGroups="card-operators" ${attributes}>${inner}</userTask>`];
}

/** A form `sample.form` with these components. */
export function sampleForm(...components: readonly object[]): ModelFile {
  return { name: 'sample.form', content: JSON.stringify({ type: 'default', id: 'sample', components }) };
}

export const gateway = (id: string, attributes = '') => `<exclusiveGateway id="${id}" ${attributes} />`;

export const beginByStarter = '<startEvent id="begin" camunda:initiator="starter" />';

/** Two end events for a gateway. */
export const ends = '<endEvent id="one" /><endEvent id="other" />';

/** A diagram whose only task `look` has something in it. */
export const onTask = (inner: string) => [sample(chain(task('look', '', inner)))];
export const withExtension = (inner: string) => onTask(`<extensionElements>${inner}</extensionElements>`);
/** A diagram whose only task `look` has this name. */
export const named = (name: string) => [sample(chain(task('look', `name="${name}"`)))];

/** A field of a form that is right. */
export const textField = { type: 'textfield', key: 'reason', validate: { maxLength: 4000 } };
