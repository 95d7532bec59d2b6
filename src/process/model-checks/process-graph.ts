import type { ModdleElement } from 'bpmn-moddle';
import { elementOf, elementsOf, eventDefinition, grouped, linkName, nodesOf, sequenceFlows } from './elements.js';

/** What leads where in one process, found once. */
export class ProcessGraph {
  readonly numbers: ReadonlyMap<ModdleElement, number>;
  private readonly leaving: ReadonlyMap<ModdleElement | null, readonly ModdleElement[]>;
  private readonly coming: ReadonlyMap<ModdleElement | null, readonly ModdleElement[]>;
  private readonly attached: ReadonlyMap<ModdleElement | null, readonly ModdleElement[]>;

  /** In the order in which tokens come to them, as far as there is one. */
  readonly nodes: readonly ModdleElement[];

  constructor(process: ModdleElement) {
    const nodes = nodesOf(process);
    const flows = sequenceFlows(process);
    this.numbers = new Map(nodes.map((node, index) => [node, index]));
    this.leaving = grouped(flows, (flow) => elementOf(flow, 'sourceRef'));
    this.coming = grouped(flows, (flow) => elementOf(flow, 'targetRef'));
    this.attached = grouped(nodes, (node) => elementOf(node, 'attachedToRef'));
    this.nodes = this.inFlowOrder(nodes);
  }

  outgoing(node: ModdleElement): readonly ModdleElement[] {
    return this.leaving.get(node) ?? [];
  }

  incoming(node: ModdleElement): readonly ModdleElement[] {
    return this.coming.get(node) ?? [];
  }

  /** Boundary events of an activity. */
  attachedTo(activity: ModdleElement): readonly ModdleElement[] {
    return this.attached.get(activity) ?? [];
  }

  /** The start events by which the event subprocesses of a process or subprocess begin. */
  eventStarts(scope: ModdleElement): ModdleElement[] {
    return elementsOf(scope, 'flowElements')
      .filter((each) => each['triggeredByEvent'] === true)
      .flatMap(startEvents);
  }

  /** Where a subprocess begins: at its start events, or anywhere that nothing leads to. */
  begins(subprocess: ModdleElement): ModdleElement[] {
    const starts = startEvents(subprocess);
    if (starts.length > 0) return starts;
    return elementsOf(subprocess, 'flowElements').filter(
      (each) => this.numbers.has(each) && this.incoming(each).length === 0 && elementOf(each, 'attachedToRef') === null,
    );
  }

  /** The link events that a thrown link jumps to; none for any other node. */
  linkTargets(source: ModdleElement): ModdleElement[] {
    const name = linkName(source);
    if (name === null || source.$type !== 'bpmn:IntermediateThrowEvent' || source.$parent === undefined) return [];
    return elementsOf(source.$parent, 'flowElements').filter(
      (each) => each.$type === 'bpmn:IntermediateCatchEvent' && linkName(each) === name,
    );
  }

  private inFlowOrder(nodes: readonly ModdleElement[]): ModdleElement[] {
    const first = nodes.filter((node) => this.incoming(node).length === 0 && elementOf(node, 'attachedToRef') === null);
    const ordered = new Set<ModdleElement>(first);
    // A set hands out what is added to it while it is walked through.
    for (const node of ordered) {
      for (const event of this.attachedTo(node)) ordered.add(event);
      for (const inner of this.begins(node)) ordered.add(inner);
      for (const flow of this.outgoing(node)) ordered.add(elementOf(flow, 'targetRef') ?? node);
    }
    for (const node of nodes) ordered.add(node);
    return [...ordered];
  }

  /** True for an event that is one of several that a gateway waits for. */
  isAlternative(node: ModdleElement): boolean {
    return this.incoming(node).some((flow) => elementOf(flow, 'sourceRef')?.$type === 'bpmn:EventBasedGateway');
  }
}

export function startEvents(container: ModdleElement): ModdleElement[] {
  return elementsOf(container, 'flowElements').filter((each) => each.$type === 'bpmn:StartEvent');
}

export function isErrorEvent(event: ModdleElement): boolean {
  return eventDefinition(event, 'bpmn:ErrorEventDefinition') !== null;
}
