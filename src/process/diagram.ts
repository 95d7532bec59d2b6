import { BpmnModdle, type ModdleElement } from 'bpmn-moddle';
import camundaModdle from 'camunda-bpmn-moddle/resources/camunda.json' with { type: 'json' };
import { approvalTasks, extensionProperties, messages, type TopicName } from './contract/index.js';

/** What our own code reads from a diagram. */
export interface Diagram {
  readonly processKey: string;
  readonly name: string;
  /** Set where the diagram is a variant of a use case. */
  readonly useCase: string | null;
  readonly variant: string | null;
  /** Forms that the diagram refers to by `camunda:formRef`. */
  readonly formRefs: readonly string[];
  /** Start events and user tasks with a form, by element id. */
  readonly forms: ReadonlyMap<string, { readonly formRef: string; readonly check: string | null }>;
  /** User tasks whose completions make one decision together, as the tasks that record decisions name them. */
  readonly approvals: readonly (readonly string[])[];
  /** Ids of the events by which a time limit ends an approval. */
  readonly timeLimits: ReadonlySet<string>;
  /** Id of the start event with a form, by which people start the process; null when there is none. */
  readonly startForm: string | null;
}

/** A diagram that cannot be read; the message says where and why. */
export class DiagramError extends Error {
  override readonly name = 'DiagramError';
}

/** One for all diagrams: it keeps the types that it has met, and nothing of a diagram. */
const moddle = new BpmnModdle({ camunda: camundaModdle });

/**
 * Parses BPMN XML. Any warning of the parser is refused: it means that something in the diagram refers to nothing.
 * @throws DiagramError
 */
export async function parseDefinitions(xml: string): Promise<ModdleElement> {
  if (/<!DOCTYPE/i.test(xml)) throw new DiagramError('A DOCTYPE is not allowed in a diagram. Remove it.');
  const { rootElement, warnings } = await moddle.fromXML(xml).catch((cause: unknown) => {
    throw new DiagramError(
      `The diagram is not well-formed BPMN: ${oneLine(cause instanceof Error ? cause.message : String(cause))}`,
      { cause },
    );
  });
  const [warning] = warnings;
  if (isDeeper(rootElement, maxDepth))
    throw new DiagramError(`The diagram is nested more than ${maxDepth} levels deep: draw it flatter.`);
  if (warning !== undefined) throw new DiagramError(`The diagram has a broken part: ${oneLine(warning.message)}`);
  return rootElement;
}

/**
 * Reads the one process of a diagram.
 * @throws DiagramError when it cannot be parsed or does not hold exactly one process, an executable one
 */
export async function readDiagram(xml: string): Promise<Diagram> {
  return diagramOf(await parseDefinitions(xml));
}

/**
 * As `readDiagram`, of a diagram that has been parsed.
 * @throws DiagramError
 */
export function diagramOf(definitions: ModdleElement): Diagram {
  const [process, second] = children(definitions, 'rootElements').filter((each) => each.$type === 'bpmn:Process');
  if (process?.['isExecutable'] !== true || second !== undefined)
    throw new DiagramError('A diagram holds exactly one process, an executable one.');
  const forms = new Map<string, { formRef: string; check: string | null }>();
  for (const element of flowElements(process)) {
    const formRef = element.get('camunda:formRef');
    if (typeof formRef === 'string')
      forms.set(text(element['id']), { formRef, check: extensionProperty(element, extensionProperties.check) });
  }
  return {
    processKey: text(process['id']),
    name: text(process['name']) || text(process['id']),
    useCase: extensionProperty(process, extensionProperties.useCase),
    variant: extensionProperty(process, extensionProperties.variant),
    formRefs: [...new Set([...forms.values()].map((form) => form.formRef))],
    forms,
    approvals: flowElements(process).flatMap(approvalsOf),
    timeLimits: new Set(
      flowElements(process)
        .filter(isTimeLimit)
        .map((event) => text(event['id'])),
    ),
    startForm: startEventWithForm(process),
  };
}

const recording: TopicName = 'record-decision';

/** What a task that records a decision says in its input `approvalTask`. */
function approvalsOf(element: ModdleElement): string[][] {
  if (element.get('camunda:topic') !== recording) return [];
  const extensions = element['extensionElements'] as ModdleElement | undefined;
  const mappings =
    extensions === undefined
      ? []
      : children(extensions, 'values').filter((each) => each.$type === 'camunda:InputOutput');
  const inputs = mappings
    .flatMap((each) => children(each, 'inputParameters'))
    .filter((each) => each['name'] === 'approvalTask');
  return inputs.map((input) => approvalTasks(text(input['value'])));
}

/**
 * True for an event that takes the message of the time limit, and for a timer at an activity that ends it. One that only reminds ends
 * nothing.
 */
export function isTimeLimit(event: ModdleElement): boolean {
  return children(event, 'eventDefinitions').some((definition) => {
    if (definition.$type === 'bpmn:TimerEventDefinition')
      return event.$type === 'bpmn:BoundaryEvent' && event['cancelActivity'] !== false;
    const message =
      definition.$type === 'bpmn:MessageEventDefinition'
        ? (definition['messageRef'] as ModdleElement | undefined)
        : undefined;
    return message?.['name'] === messages.approvalTimeLimit;
  });
}

function startEventWithForm(process: ModdleElement): string | null {
  const starts = children(process, 'flowElements').filter((element) => element.$type === 'bpmn:StartEvent');
  const found = starts.find((element) => typeof element.get('camunda:formRef') === 'string');
  return found === undefined ? null : text(found['id']);
}

/** Every flow element of a process, those of embedded subprocesses included. */
export function flowElements(container: ModdleElement): ModdleElement[] {
  return children(container, 'flowElements').flatMap((element) => [element, ...flowElements(element)]);
}

/** The value of one `camunda:property` of an element, or null. */
export function extensionProperty(element: ModdleElement, name: string): string | null {
  const extensions = element['extensionElements'] as ModdleElement | undefined;
  const properties =
    extensions === undefined
      ? []
      : children(extensions, 'values').filter((each) => each.$type === 'camunda:Properties');
  const found = properties.flatMap((each) => children(each, 'values')).find((each) => each['name'] === name);
  return found === undefined ? null : text(found['value']);
}

function children(element: ModdleElement, property: string): ModdleElement[] {
  const value: unknown = element[property];
  return Array.isArray(value) ? (value as ModdleElement[]) : [];
}

/** Deeper than any diagram is drawn, and far less than what a recursive function can follow (levels of elements). */
const maxDepth = 100;

/** True for a tree of more levels than that; itself it does not recurse. */
function isDeeper(root: ModdleElement, levels: number): boolean {
  let level: ModdleElement[] = [root];
  for (let depth = 0; depth < levels && level.length > 0; depth += 1) {
    level = level.flatMap((element) => Object.values(element).flat().filter(isModdleElement));
  }
  return level.length > 0;
}

/** References to other elements are not enumerable, so what is found this way is what is written inside an element. */
function isModdleElement(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$type' in value;
}

/** The parser spreads what it says over several lines, and may quote what it was given. */
function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').slice(0, 300);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
