/** Reading bpmn-moddle trees: what the rules have in common. */
import type { ModdleElement } from 'bpmn-moddle';
import { flowElements } from '../diagram.js';

/** Flow elements that hold data instead of being passed by a token. */
const notNodes = new Set([
  'bpmn:SequenceFlow',
  'bpmn:DataObject',
  'bpmn:DataObjectReference',
  'bpmn:DataStoreReference',
]);

export function isElement(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$type' in value;
}

/** The elements of a property that holds several, or none. */
export function elementsOf(element: ModdleElement, property: string): ModdleElement[] {
  const value = element.get(property);
  return Array.isArray(value) ? value.filter(isElement) : [];
}

/** The element that a property holds or refers to, or null. */
export function elementOf(element: ModdleElement, property: string): ModdleElement | null {
  const value = element.get(property);
  return isElement(value) ? value : null;
}

/** A text attribute; null where it is missing or empty. */
export function attribute(element: ModdleElement, name: string): string | null {
  const value = element.get(name);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

export function idOf(element: ModdleElement): string {
  return attribute(element, 'id') ?? element.$type;
}

/** Id of the element that a designer would click on to find `element`: a flow element, process, message, error, … */
export function ownerOf(element: ModdleElement): string {
  const { $parent: parent } = element;
  if (parent === undefined) return idOf(element);
  const owned = ['flowElements', 'rootElements', 'participants'].some((list) =>
    elementsOf(parent, list).includes(element),
  );
  return owned ? idOf(element) : ownerOf(parent);
}

export function executableProcesses(definitions: ModdleElement): ModdleElement[] {
  return elementsOf(definitions, 'rootElements').filter(
    (each) => each.$type === 'bpmn:Process' && each['isExecutable'] === true,
  );
}

/** What a token can be at, in all executable processes and their subprocesses. */
export function flowNodes(definitions: ModdleElement): ModdleElement[] {
  return executableProcesses(definitions).flatMap(nodesOf);
}

export function nodesOf(process: ModdleElement): ModdleElement[] {
  return flowElements(process).filter((each) => !notNodes.has(each.$type));
}

export function sequenceFlows(container: ModdleElement): ModdleElement[] {
  return flowElements(container).filter((each) => each.$type === 'bpmn:SequenceFlow');
}

/** The process that a flow element belongs to, through any number of subprocesses. */
export function processOf(element: ModdleElement): ModdleElement | null {
  let each: ModdleElement | undefined = element;
  while (each !== undefined && each.$type !== 'bpmn:Process') each = each.$parent;
  return each ?? null;
}

/** The extension elements of one type, for example `camunda:In`. */
export function extensions(element: ModdleElement, type: string): ModdleElement[] {
  const holder = elementOf(element, 'extensionElements');
  return holder === null ? [] : elementsOf(holder, 'values').filter((each) => each.$type === type);
}

/** Input or output parameters of an element's input/output mapping. */
export function parameters(element: ModdleElement, kind: 'inputParameters' | 'outputParameters'): ModdleElement[] {
  return extensions(element, 'camunda:InputOutput').flatMap((mapping) => elementsOf(mapping, kind));
}

export function eventDefinition(node: ModdleElement, type: string): ModdleElement | null {
  return elementsOf(node, 'eventDefinitions').find((each) => each.$type === type) ?? null;
}

/** The name of the message that a node waits for or throws; null without one. */
export function messageName(node: ModdleElement): string | null {
  const holder =
    eventDefinition(node, 'bpmn:MessageEventDefinition') ?? (node.$type === 'bpmn:ReceiveTask' ? node : null);
  const message = holder && elementOf(holder, 'messageRef');
  return message && attribute(message, 'name');
}

/** True for a boundary or start event that catches this error code. */
export function catchesError(event: ModdleElement, code: string): boolean {
  if (event.$type !== 'bpmn:BoundaryEvent' && event.$type !== 'bpmn:StartEvent') return false;
  const definition = eventDefinition(event, 'bpmn:ErrorEventDefinition');
  return definition !== null && [null, code].includes(errorCode(definition));
}

/** The code of an error event's definition; null for one that catches every code. */
export function errorCode(definition: ModdleElement): string | null {
  const error = elementOf(definition, 'errorRef');
  return error && attribute(error, 'errorCode');
}

/** The name of a link event; null for any other node. */
export function linkName(node: ModdleElement): string | null {
  const link = eventDefinition(node, 'bpmn:LinkEventDefinition');
  return link && attribute(link, 'name');
}

export function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Every element below `element`, itself included. References are not followed. */
export function* descendants(element: ModdleElement): Generator<ModdleElement> {
  yield element;
  // References are not enumerable in a moddle element, so this goes down the document and never in circles.
  for (const value of Object.values(element).flat()) {
    if (isElement(value)) yield* descendants(value);
  }
}

/** Every text in an element's own attributes and body, those of other namespaces included. */
export function* texts(element: ModdleElement): Generator<string> {
  for (const value of [...Object.values(element), ...Object.values(foreignAttributes(element))].flat()) {
    if (typeof value === 'string') yield value;
  }
}

/** Attributes that the schema of the element does not know, namespace declarations included, by their name with prefix. */
export function foreignAttributes(element: ModdleElement): Readonly<Record<string, unknown>> {
  return (element['$attrs'] ?? {}) as Record<string, unknown>;
}
