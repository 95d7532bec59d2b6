import type { ModdleElement } from 'bpmn-moddle';
import {
  checks,
  extensionProperties,
  topics,
  type CheckName,
  type TopicContract,
  type VariableDeclaration,
} from '../contract/index.js';
import { messageVariables } from '../contract/diagram-values.js';
import { extensionProperty } from '../diagram.js';
import {
  attribute,
  elementOf,
  elementsOf,
  eventDefinition,
  extensions,
  linkName,
  messageName,
  parameters,
} from './elements.js';
import { parseExpressions } from './expressions.js';
import { fieldsOf, type FormModel } from './form-model.js';
import type { ProcessGraph } from './process-graph.js';

/** Variables that certainly exist at some point, on every way that leads a token there; `nullable` ones may be null. */
export type Knowledge = ReadonlyMap<string, Certainty>;
type Certainty = 'value' | 'nullable';

/** What is known at a node of a process; null where no token can come. */
export interface FlowVariables {
  before(node: ModdleElement): Knowledge | null;
  /** With what a multi-instance gives each of its turns; inputs are mapped with this, none of them sees another. */
  looping(node: ModdleElement): Knowledge | null;
  /** With the variables that live only as long as the node: mapped inputs, the element of a multi-instance. */
  during(node: ModdleElement): Knowledge | null;
  after(node: ModdleElement): Knowledge | null;
}

const multiInstanceVariables = ['loopCounter', 'nrOfInstances', 'nrOfActiveInstances', 'nrOfCompletedInstances'];

/** The topic of an external task, if the contract has it. */
export function topicOf(node: ModdleElement): TopicContract | null {
  const name = attribute(node, 'camunda:topic') ?? '';
  return Object.hasOwn(topics, name) ? topics[name as keyof typeof topics] : null;
}

/** The check that a form is submitted through, if the contract has it. */
export function checkOf(node: ModdleElement): (typeof checks)[CheckName] | null {
  const name = extensionProperty(node, extensionProperties.check) ?? '';
  return Object.hasOwn(checks, name) ? checks[name as CheckName] : null;
}

/**
 * Follows the flow of a process to a fixed point: what certainly exists before a node is what exists after all the
 * nodes a token may come from; what exists after it follows from the contract, its form and its mappings.
 * @param arriving what the process gets from its caller
 */
export function flowVariables(
  process: ModdleElement,
  graph: ProcessGraph,
  arriving: Knowledge,
  formOf: (node: ModdleElement) => FormModel | null,
): FlowVariables {
  const { nodes } = graph;
  const before = new Map<ModdleElement, Knowledge>();
  const after = new Map<ModdleElement, Knowledge>();
  const started: Knowledge = new Map([...arriving, ...initiators(nodes)]);
  const beforeWith = (node: ModdleElement, more: Iterable<readonly [string, Certainty]>): Knowledge | null => {
    const known = before.get(node);
    return known === undefined ? null : new Map([...known, ...more]);
  };
  const during = (node: ModdleElement) => beforeWith(node, locals(node));

  /** What a token may bring to a node, one entry a way; undefined for a way on which none has come yet. */
  const arrivals = (node: ModdleElement): (Knowledge | null | undefined)[] => {
    const container = node.$parent;
    const attachedTo = elementOf(node, 'attachedToRef');
    if (attachedTo !== null) return [before.get(attachedTo)];
    if (node.$type === 'bpmn:StartEvent')
      return [container === undefined || container === process ? started : during(container)];
    if (node['triggeredByEvent'] === true) {
      return within(container, 'bpmn:StartEvent').map((start) => after.get(start));
    }
    if (node.$type === 'bpmn:IntermediateCatchEvent' && eventDefinition(node, 'bpmn:LinkEventDefinition') !== null) {
      return linkSources(node).map((source) => after.get(source));
    }
    return graph.incoming(node).map((flow) => taken(flow, after.get(flow['sourceRef'] as ModdleElement)));
  };

  const leave = (node: ModdleElement, known: Knowledge): Knowledge | null => {
    const ends = waysOut(node);
    const inside = ends.length === 0 ? known : meet(ends.map((end) => after.get(end)));
    if (inside === null) return null;
    const own = locals(node);
    const result = new Map([...inside].filter(([name]) => !own.has(name) || known.has(name)));
    for (const [name, certainty] of additions(node, formOf(node))) {
      // What may be left out makes an earlier value uncertain, but does not make the variable exist.
      if (!own.has(name) && (certainty === 'value' || result.has(name))) result.set(name, certainty);
    }
    for (const parameter of parameters(node, 'outputParameters')) {
      result.set(attribute(parameter, 'name') ?? '', 'value');
    }
    return result;
  };

  for (let changed = true; changed;) {
    changed = false;
    for (const node of nodes) {
      const known = node.$type === 'bpmn:ParallelGateway' ? union(arrivals(node)) : meet(arrivals(node));
      if (known === null) continue;
      before.set(node, known);
      const left = leave(node, known);
      if (left === null || same(left, after.get(node))) continue;
      after.set(node, left);
      changed = true;
    }
  }
  return {
    before: (node) => before.get(node) ?? null,
    looping: (node) => beforeWith(node, ofLoop(node)),
    during,
    after: (node) => after.get(node) ?? null,
  };
}

/** What exists after a flow has been taken: its condition may have proved that a variable exists, or holds something. */
function taken(flow: ModdleElement, known: Knowledge | undefined): Knowledge | undefined {
  const condition = elementOf(flow, 'conditionExpression');
  if (known === undefined || condition === null) return known;
  const parsed = parseExpressions(attribute(condition, 'body') ?? '') ?? [];
  const proved = parsed.flatMap(({ proves }) => proves);
  const filled = parsed.flatMap(({ fills }) => fills);
  return new Map([
    ...proved.map((name): [string, Certainty] => [name, 'nullable']),
    ...known,
    ...filled.map((name): [string, Certainty] => [name, 'value']),
  ]);
}

/** The engine keeps one initiator variable a process and sets it on every event that starts the process. */
function initiators(nodes: readonly ModdleElement[]): [string, Certainty][] {
  return nodes
    .map((node) => attribute(node, 'camunda:initiator'))
    .filter((name) => name !== null)
    .map((name) => [name, 'value']);
}

/** Variables that a node itself sets when a token leaves it. */
export function setBy(node: ModdleElement, form: FormModel | null): Set<string> {
  const mapped = parameters(node, 'outputParameters').map((each) => attribute(each, 'name') ?? '');
  return new Set([...additions(node, form).keys(), ...mapped]);
}

/** Variables that a node itself brings about. */
function additions(node: ModdleElement, form: FormModel | null): Map<string, Certainty> {
  const error = eventDefinition(node, 'bpmn:ErrorEventDefinition');
  const set = [
    error && attribute(error, 'camunda:errorCodeVariable'),
    error && attribute(error, 'camunda:errorMessageVariable'),
    ...(form === null ? [] : fieldsOf(form).map(({ key }) => key ?? null)),
    ...extensions(node, 'camunda:Out').map((out) => attribute(out, 'target')),
  ];
  return new Map([
    ...set.filter((name) => name !== null).map((name): [string, Certainty] => [name, 'value']),
    ...declared(topicOf(node)?.outputs),
    ...declared(checkOf(node)?.adds),
    ...declared(messageVariables[messageName(node) ?? '']),
  ]);
}

function declared(declarations: Readonly<Record<string, VariableDeclaration>> = {}): [string, Certainty][] {
  return Object.entries(declarations).map(([name, type]) => [name, type.endsWith('?') ? 'nullable' : 'value']);
}

/** Variables that exist only inside a node; what it brings about under the same name is lost with them. */
function locals(node: ModdleElement): Map<string, Certainty> {
  const mapped = parameters(node, 'inputParameters').map((each): [string, Certainty] => [
    attribute(each, 'name') ?? '',
    attribute(each, 'value') === null && elementOf(each, 'definition') === null ? 'nullable' : 'value',
  ]);
  return new Map([...mapped, ...ofLoop(node)]);
}

/** What a multi-instance gives each of its turns. */
function ofLoop(node: ModdleElement): [string, Certainty][] {
  const loop = elementOf(node, 'loopCharacteristics');
  const element = loop && attribute(loop, 'camunda:elementVariable');
  const names = loop === null ? [] : [...multiInstanceVariables, ...(element === null ? [] : [element])];
  return names.map((name): [string, Certainty] => [name, 'value']);
}

function within(container: ModdleElement | undefined, type: string): ModdleElement[] {
  return container === undefined ? [] : elementsOf(container, 'flowElements').filter((node) => node.$type === type);
}

/** How a subprocess ends by itself: its end events but those that throw an error, and its event subprocesses. */
function waysOut(container: ModdleElement): ModdleElement[] {
  return [
    ...within(container, 'bpmn:EndEvent').filter((end) => eventDefinition(end, 'bpmn:ErrorEventDefinition') === null),
    ...within(container, 'bpmn:SubProcess').filter((inner) => inner['triggeredByEvent'] === true),
  ];
}

/** The link events that jump to this one. */
function linkSources(target: ModdleElement): ModdleElement[] {
  return within(target.$parent, 'bpmn:IntermediateThrowEvent').filter((each) => linkName(each) === linkName(target));
}

/** What is known on every way; ways on which no token has come yet do not count, and null when there is no other. */
export function meet(ways: readonly (Knowledge | null | undefined)[]): Knowledge | null {
  const [first, ...others] = ways.filter((way) => way !== undefined && way !== null);
  if (first === undefined) return null;
  const common = [...first].filter(([name]) => others.every((way) => way.has(name)));
  return new Map(
    common.map(([name, certainty]) => [
      name,
      others.some((way) => way.get(name) === 'nullable') ? 'nullable' : certainty,
    ]),
  );
}

/** What is known when all ways have been gone; null as long as one has not. */
function union(ways: readonly (Knowledge | null | undefined)[]): Knowledge | null {
  const gone = ways.filter((way) => way !== undefined && way !== null);
  return gone.length < ways.length || gone.length === 0 ? null : new Map(gone.flatMap((way) => [...way]));
}

function same(one: Knowledge, other: Knowledge | undefined): boolean {
  return one.size === other?.size && [...one].every(([name, certainty]) => other.get(name) === certainty);
}
