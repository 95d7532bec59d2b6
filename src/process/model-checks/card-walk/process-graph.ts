import type { ModdleElement } from 'bpmn-moddle';
import { elementOf, elementsOf, eventDefinition, grouped, linkName, nodesOf, sequenceFlows } from '../elements.js';

/** What leads where in one process, found once. */
export class ProcessGraph {
  readonly numbers: ReadonlyMap<ModdleElement, number>;
  private readonly leaving: ReadonlyMap<ModdleElement | null, readonly ModdleElement[]>;
  private readonly coming: ReadonlyMap<ModdleElement | null, readonly ModdleElement[]>;
  private readonly attached: ReadonlyMap<ModdleElement | null, readonly ModdleElement[]>;

  constructor(process: ModdleElement) {
    const nodes = nodesOf(process);
    const flows = sequenceFlows(process);
    this.numbers = new Map(nodes.map((node, index) => [node, index]));
    this.leaving = grouped(flows, (flow) => elementOf(flow, 'sourceRef'));
    this.coming = grouped(flows, (flow) => elementOf(flow, 'targetRef'));
    this.attached = grouped(nodes, (node) => elementOf(node, 'attachedToRef'));
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
    return elementsOf(scope, 'flowElements').filter((each) => each['triggeredByEvent'] === true).flatMap(startEvents);
  }

  /** Where a subprocess begins: at its start events, or anywhere that nothing leads to. */
  begins(subprocess: ModdleElement): ModdleElement[] {
    const starts = startEvents(subprocess);
    if (starts.length > 0) return starts;
    return elementsOf(subprocess, 'flowElements').filter(
      (each) => this.numbers.has(each) && this.incoming(each).length === 0 && elementOf(each, 'attachedToRef') === null,
    );
  }

  /** The link events that a thrown link jumps to. */
  linkTargets(source: ModdleElement): ModdleElement[] {
    const siblings = source.$parent === undefined ? [] : elementsOf(source.$parent, 'flowElements');
    return siblings.filter((each) => each.$type === 'bpmn:IntermediateCatchEvent' && linkName(each) === linkName(source) && linkName(each) !== null);
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
