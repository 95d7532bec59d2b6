import type { ModdleElement } from 'bpmn-moddle';
import {
  attribute,
  elementOf,
  elementsOf,
  executableProcesses,
  extensions,
  idOf,
  isElement,
  parameters,
} from '../model-checks/elements.js';
import { eventFacts, kindOf } from './event-facts.js';
import { Facts, type Reading } from './reading.js';
import { commaSeparated, mappingText, own } from './texts.js';

const notRun = new Set(['bpmn:SequenceFlow', 'bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference']);

/** What the engine calls the scope around an activity that runs several times. */
const bodyOf = (id: string) => `${id}#multiInstanceBody`;

/**
 * What the rules take a diagram for, in the words in which the engine says what it would run
 * (`engine/src/main/java/org/opencards/engine/DiagramReader.java`): the two have to be the same.
 */
export function judgedReading(definitions: ModdleElement): Reading[] {
  return executableProcesses(definitions).map((process) => new ProcessReader(process).read());
}

class ProcessReader {
  private readonly elements = new Map<string, Facts>();
  private readonly processId: string;

  constructor(private readonly process: ModdleElement) {
    this.processId = idOf(process);
  }

  read(): Reading {
    this.readProcess();
    this.readScope(this.process, this.processId);
    return Object.fromEntries([...this.elements].map(([id, { values }]) => [id, values]));
  }

  private factsOf(id: string): Facts {
    const known = this.elements.get(id) ?? new Facts();
    this.elements.set(id, known);
    return known;
  }

  private readProcess(): void {
    const { process } = this;
    const starts = elementsOf(process, 'flowElements').filter(({ $type }) => $type === 'bpmn:StartEvent');
    const plain = starts.filter((start) => ['startEvent', 'startTimerEvent'].includes(kindOf(start)));
    const initial = plain[0] ?? (starts.length === 1 ? starts[0] : undefined);
    this.factsOf(this.processId)
      .add('kind', 'process')
      .add('name', own(process, 'name'))
      .add('versionTag', own(process, 'camunda:versionTag'))
      .add('historyTimeToLive', days(own(process, 'camunda:historyTimeToLive')))
      .addIf('startableInTasklist', process.get('camunda:isStartableInTasklist') === false, 'false')
      .add('jobPriority', own(process, 'camunda:jobPriority'))
      .add('taskPriority', own(process, 'camunda:taskPriority'))
      .addAll(
        'initiator',
        starts.flatMap((start) => own(start, 'camunda:initiator') ?? []),
      )
      .add('initial', initial && idOf(initial))
      .addAll('candidateStarterUsers', commaSeparated(own(process, 'camunda:candidateStarterUsers')).sort())
      .addAll('candidateStarterGroups', commaSeparated(own(process, 'camunda:candidateStarterGroups')).sort());
  }

  private readScope(scope: ModdleElement, scopeId: string): void {
    const children = elementsOf(scope, 'flowElements');
    for (const node of children.filter(({ $type }) => !notRun.has($type))) this.readNode(node, scopeId, children);
    for (const association of elementsOf(scope, 'artifacts')) this.readCompensation(association);
    for (const flow of children.filter(({ $type }) => $type === 'bpmn:SequenceFlow')) this.readFlow(flow, children);
  }

  private readNode(node: ModdleElement, scopeId: string, siblings: readonly ModdleElement[]): void {
    const id = idOf(node);
    if (kindOf(node) === 'linkThrow') return;
    const loop = elementOf(node, 'loopCharacteristics');
    const outer = this.scopeOf(node, scopeId);
    if (loop !== null) {
      const body = this.factsOf(bodyOf(id)).add(
        'kind',
        loop.$type === 'bpmn:MultiInstanceLoopCharacteristics' ? 'multiInstanceBody' : loop.$type,
      );
      body
        .add('behaviour', `${loop['isSequential'] === true ? 'Sequential' : 'Parallel'}MultiInstanceActivityBehavior`)
        .add('scope', outer);
      readAsync(body, node);
      body
        .add('cardinality', bodyText(loop, 'loopCardinality'))
        .add('completion', bodyText(loop, 'completionCondition'))
        .add('collection', own(loop, 'camunda:collection'))
        .add('elementVariable', own(loop, 'camunda:elementVariable'));
    }
    const facts = this.factsOf(id).add('scope', loop === null ? outer : bodyOf(id));
    facts
      .add('name', own(node, 'name'))
      .add('default', reference(node, 'default'))
      .add('jobPriority', own(node, 'camunda:jobPriority'));
    readAsync(facts, loop ?? node);
    facts.addIf('forCompensation', node['isForCompensation'] === true || isCompensation(node));
    for (const each of parameters(node, 'inputParameters')) facts.add('inputs', mappingText(each));
    for (const each of parameters(node, 'outputParameters')) facts.add('outputs', mappingText(each));
    const listensOn = this.listensOn(node, siblings);
    facts.add('listensOn', listensOn);
    facts.addIf('start', listensOn !== null && node.$type === 'bpmn:IntermediateCatchEvent', 'CANCEL_EVENT_SCOPE');
    eventFacts(node, facts, (handler) => this.factsOf(handler));
    if (node['triggeredByEvent'] === true) this.readEventSubprocess(node, facts);
    if (isCompensation(node)) this.factsOf(scopeId).add('compensatedBy', id);
    this.readScope(node, id);
  }

  /** A compensation handler of what runs several times runs inside of that. */
  private scopeOf(node: ModdleElement, scopeId: string): string {
    if (node['isForCompensation'] !== true) return scopeId;
    const association = elementsOf(node.$parent ?? node, 'artifacts').find(
      (each) => elementOf(each, 'targetRef') === node,
    );
    const event = association && elementOf(association, 'sourceRef');
    const host = event && elementOf(event, 'attachedToRef');
    return host && elementOf(host, 'loopCharacteristics') !== null ? bodyOf(idOf(host)) : scopeId;
  }

  private readEventSubprocess(node: ModdleElement, facts: Facts): void {
    const [start] = elementsOf(node, 'flowElements').filter(({ $type }) => $type === 'bpmn:StartEvent');
    const interrupting = start?.['isInterrupting'] !== false;
    facts
      .add('triggeredByEvent', 'true')
      .add('start', interrupting ? 'INTERRUPT_EVENT_SCOPE' : 'CONCURRENT_IN_FLOW_SCOPE');
  }

  /** Where an event is caught, if that is neither the event itself nor where it stands. */
  private listensOn(node: ModdleElement, siblings: readonly ModdleElement[]): string | null {
    const host = elementOf(node, 'attachedToRef');
    if (host !== null) {
      const several = elementOf(host, 'loopCharacteristics') !== null && kindOf(node) !== 'compensationBoundaryCatch';
      return several ? bodyOf(idOf(host)) : idOf(host);
    }
    if (node.$type === 'bpmn:IntermediateCatchEvent') {
      const flow = siblings.find(
        (each) =>
          elementOf(each, 'targetRef') === node && elementOf(each, 'sourceRef')?.$type === 'bpmn:EventBasedGateway',
      );
      const gateway = flow && elementOf(flow, 'sourceRef');
      return gateway ? idOf(gateway) : null;
    }
    const around = node.$parent;
    return node.$type === 'bpmn:StartEvent' && around?.['triggeredByEvent'] === true && around.$parent !== undefined
      ? idOf(around.$parent)
      : null;
  }

  private readCompensation(association: ModdleElement): void {
    const event = elementOf(association, 'sourceRef');
    const handler = elementOf(association, 'targetRef');
    const host = event && elementOf(event, 'attachedToRef');
    if (host === null || handler === null || kindOf(event ?? host) !== 'compensationBoundaryCatch') return;
    this.factsOf(idOf(host)).add('compensatedBy', idOf(handler));
  }

  private readFlow(flow: ModdleElement, siblings: readonly ModdleElement[]): void {
    const source = elementOf(flow, 'sourceRef');
    const target = elementOf(flow, 'targetRef');
    // A gateway for events waits for what follows instead of leading to it.
    if (source === null || target === null || source.$type === 'bpmn:EventBasedGateway') return;
    const [from, to] = [endOf(source), endOf(linked(target, siblings))];
    const id = own(flow, 'id') ?? `${from} to ${to}`;
    this.factsOf(from).add('flows', id);
    this.factsOf(id).add('kind', 'sequenceFlow').add('from', from).add('to', to).add('name', own(flow, 'name'));
    this.factsOf(id).add('condition', bodyText(flow, 'conditionExpression')?.trim());
  }
}

/** Async jobs of an activity; those of what runs several times are about all runs, its loop's about each. */
function readAsync(facts: Facts, element: ModdleElement): void {
  const before = element.get('camunda:asyncBefore') === true;
  const after = element.get('camunda:asyncAfter') === true;
  facts.addIf('asyncBefore', before).addIf('asyncAfter', after);
  facts.addIf('exclusive', (before || after) && element.get('camunda:exclusive') === false, 'false');
  const holder = elementOf(element, 'extensionElements');
  const cycles = holder === null ? [] : extensions(element, 'camunda:FailedJobRetryTimeCycle');
  for (const cycle of cycles) {
    const text = attribute(cycle, 'body') ?? '';
    facts.add('attempts', `${/^R(\d+)\//.exec(text)?.[1] ?? '?'} times: ${text}`);
  }
}

function isCompensation(node: ModdleElement): boolean {
  const [start] = elementsOf(node, 'flowElements').filter(({ $type }) => $type === 'bpmn:StartEvent');
  return node['triggeredByEvent'] === true && start !== undefined && kindOf(start) === 'compensationStartEvent';
}

/** Flows begin and end at all runs of what runs several times. */
function endOf(node: ModdleElement): string {
  return elementOf(node, 'loopCharacteristics') === null ? idOf(node) : bodyOf(idOf(node));
}

/** Where a flow to a throwing link continues: at the catching one of its name. */
function linked(target: ModdleElement, siblings: readonly ModdleElement[]): ModdleElement {
  if (kindOf(target) !== 'linkThrow') return target;
  const name = linkNameOf(target);
  return siblings.find((each) => kindOf(each) === 'intermediateLinkCatch' && linkNameOf(each) === name) ?? target;
}

function linkNameOf(node: ModdleElement): string | undefined {
  return elementsOf(node, 'eventDefinitions').flatMap((each) => own(each, 'name') ?? [])[0];
}

function reference(element: ModdleElement, name: string): string | null {
  const value = element.get(name);
  return isElement(value) ? idOf(value) : null;
}

function bodyText(element: ModdleElement, name: string): string | undefined {
  const holder = elementOf(element, name);
  return holder === null ? undefined : (own(holder, 'body') ?? '');
}

/** Days as the engine takes them: a number, or a duration of days. */
function days(text: string | undefined): string | undefined {
  const number = /^(?:P(\d+)D|(\d+))$/.exec(text ?? '');
  return number === null ? text : String(Number(number[1] ?? number[2]));
}
