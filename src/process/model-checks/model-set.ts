import type { ModdleElement } from 'bpmn-moddle';
import { CardWalk } from './card-walk/card-walk.js';
import { useCases } from '../contract/index.js';
import { attribute, executableProcesses, extensions, flowNodes, idOf, processOf } from './elements.js';
import type { FormModel } from './form-model.js';
import { KnownGroups } from './known-groups.js';
import { ProcessGraph } from './process-graph.js';
import { chosenVariant, useCaseOf } from './variant-declaration.js';
import { flowVariables, meet, type FlowVariables, type Knowledge } from './variables.js';

/** All diagrams and forms that are judged together, and what they say about each other. */
export class ModelSet {
  private readonly flows = new Map<ModdleElement, FlowVariables>();
  private readonly graphs = new Map<ModdleElement, ProcessGraph>();
  private walk: CardWalk | null = null;
  private readonly callers = new Map<ModdleElement, readonly ModdleElement[]>();

  /**
   * @param forms by form id
   * @param groups that diagrams may name
   * @param whole false where only one diagram is at hand, as in a modelling tool: then what other files would have to
   *   say is left open
   */
  constructor(
    readonly diagrams: readonly ModdleElement[],
    readonly forms: ReadonlyMap<string, FormModel>,
    readonly groups = new KnownGroups([]),
    readonly whole = true,
  ) {}

  get processes(): ModdleElement[] {
    return this.diagrams.flatMap(executableProcesses);
  }

  /** The form that a start event or user task refers to, if it is there. */
  formOf(node: ModdleElement): FormModel | null {
    return this.forms.get(attribute(node, 'camunda:formRef') ?? '') ?? null;
  }

  /** The call activities by which a process may be run; for a variant, those of the entry process of its use case. */
  callersOf(process: ModdleElement): readonly ModdleElement[] {
    const known = this.callers.get(process) ?? this.findCallers(process);
    this.callers.set(process, known);
    return known;
  }

  private findCallers(process: ModdleElement): ModdleElement[] {
    const useCase = useCaseOf(process);
    const entry = useCase === null ? null : useCases[useCase].entryProcess;
    return this.diagrams.flatMap(flowNodes).filter((node) => {
      if (node.$type !== 'bpmn:CallActivity') return false;
      const called = attribute(node, 'calledElement');
      if (called !== chosenVariant.key) return called === idOf(process);
      const caller = processOf(node);
      return caller !== null && idOf(caller) === entry;
    });
  }

  /** The processes that a call activity may run, as far as they are here. */
  calledBy(call: ModdleElement): ModdleElement[] {
    return this.processes.filter((process) => this.callersOf(process).includes(call));
  }

  /** What leads where in a process. */
  graphOf(process: ModdleElement): ProcessGraph {
    const graph = this.graphs.get(process) ?? new ProcessGraph(process);
    this.graphs.set(process, graph);
    return graph;
  }

  /** Where the diagrams would lead a card as it cannot go. */
  get cardWalk(): CardWalk {
    this.walk ??= new CardWalk(this);
    return this.walk;
  }

  /** Which variables exist where in a process. */
  variablesOf(process: ModdleElement): FlowVariables {
    const known = this.flows.get(process);
    if (known !== undefined) return known;
    // Two processes that call each other promise each other nothing.
    this.flows.set(process, { before: () => null, looping: () => null, during: () => null, after: () => null });
    const flow = flowVariables(process, this.graphOf(process), this.arriving(process), (node) => this.formOf(node));
    this.flows.set(process, flow);
    return flow;
  }

  /** What a process can rely on: what every caller hands over. */
  private arriving(process: ModdleElement): Knowledge {
    return meet(this.callersOf(process).map((call) => this.handedOver(call))) ?? new Map();
  }

  /** What a call activity hands over; null where no token can come to it. */
  private handedOver(call: ModdleElement): Knowledge | null {
    const caller = processOf(call);
    const known = caller && this.variablesOf(caller).during(call);
    if (known === null) return null;
    const mappings = extensions(call, 'camunda:In');
    if (mappings.some((each) => attribute(each, 'variables') === 'all')) return known;
    return new Map(
      mappings.flatMap((each) => {
        const target = attribute(each, 'target');
        const certainty = attribute(each, 'sourceExpression')
          ? 'value'
          : (known.get(attribute(each, 'source') ?? '') ?? 'nullable');
        return target === null ? [] : [[target, certainty] as const];
      }),
    );
  }
}
