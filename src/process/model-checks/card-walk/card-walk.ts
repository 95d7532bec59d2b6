import type { ModdleElement } from 'bpmn-moddle';
import type { CardStateOrNone } from '../../contract/card-steps.js';
import { attribute, catchesError, elementOf, errorCode, eventDefinition, extensions } from '../elements.js';
import { setBy, topicOf } from '../variables.js';
import { beginsOf, endsOf, endsOfChosenVariant, takesUp } from './bounds.js';
import { flowsTaken, isExclusive } from './flows-taken.js';
import { isErrorEvent, startEvents, type ProcessGraph } from '../process-graph.js';
import {
  afterStep,
  beginning,
  entered,
  forgetting,
  withBranches,
  isAlone,
  isLater,
  keyOf,
  left,
  merged,
  type Situation,
} from './situation.js';
import { neededBy, stepsOf } from './steps.js';
import type { WalkedModels } from './walked-models.js';

/** A token at a node, and where it came from. */
export interface Point {
  readonly run: Run;
  readonly node: ModdleElement;
  readonly situation: Situation;
  readonly from: Point | null;
}

/** Where a card may stand as it must not, and the first way found that leads there. */
export interface Trouble {
  readonly point: Point;
  /** True where the process ends so, false where the node does not take it up. */
  readonly atEnd: boolean;
  readonly allowed: readonly CardStateOrNone[];
  readonly found: Set<CardStateOrNone>;
}

/** One process, walked from one situation for the process that calls it. */
interface Run {
  readonly process: ModdleElement;
  readonly graph: ProcessGraph;
  readonly seen: Set<string>;
  /** Call activities that wait for it. */
  readonly callers: Point[];
  /** What callers have to hear of: where the card stood on the way, at an end, and with an error. */
  readonly passed: Set<CardStateOrNone>;
  readonly exits: Map<string, Situation>;
  readonly errors: Map<string, { readonly code: string; readonly cardState: CardStateOrNone }>;
  /** What has come to each parallel gateway, by the flow it came on. */
  readonly joins: Map<ModdleElement, Map<ModdleElement, Map<string, Situation>>>;
  /** How the process and each of its subprocesses may end. */
  readonly endings: Map<ModdleElement, Set<CardStateOrNone>>;
}

/** The end of a process or subprocess in one of several parallel branches. */
interface Ending {
  readonly point: Point;
  readonly scope: ModdleElement;
  readonly situation: Situation;
}

/** More than any diagram takes that a person can read (points). */
const mostPoints = 50_000;

/**
 * Walks diagrams against the life of a card, from each beginning to a fixed point over pairs of a node and a situation:
 * along sequence flows, events, errors, subprocesses and called processes. A called process is walked once for each
 * situation it is called in, so that its callers do not mix and recursion ends.
 */
export class CardWalk {
  readonly troubles = new Map<ModdleElement, Trouble>();
  /** Processes with more ways than were followed. */
  readonly unfollowed = new Set<ModdleElement>();
  private readonly runs = new Map<ModdleElement, Map<string, Run>>();
  private readonly ahead: Point[] = [];
  private parallelEndings: Ending[] = [];

  constructor(private readonly models: WalkedModels) {
    for (const process of models.processes) {
      for (const { cardState, knownValues = {} } of beginsOf(process, models)) {
        this.enter(process, { ...beginning, cardState, knownValues: new Map(Object.entries(knownValues)) }, null);
      }
    }
    let next = 0;
    do {
      for (; next < this.ahead.length; next += 1) {
        const point = this.ahead[next] as Point;
        if (next < mostPoints) this.step(point);
        else this.unfollowed.add(point.run.process);
      }
      this.settleParallelEndings();
    } while (next < this.ahead.length || this.parallelEndings.length > 0);
  }

  /** Starts a process, or lets one more caller wait for what is known of it already. */
  private enter(process: ModdleElement, situation: Situation, caller: Point | null): void {
    const runs = this.runs.get(process) ?? new Map<string, Run>();
    this.runs.set(process, runs);
    const known = runs.get(keyOf(situation));
    const run = known ?? this.newRun(process);
    runs.set(keyOf(situation), run);
    if (caller !== null) run.callers.push(caller);
    if (known === undefined) {
      const isMessage = (start: ModdleElement) => eventDefinition(start, 'bpmn:MessageEventDefinition') !== null;
      const starts = startEvents(process).filter((start) => caller === null || !isMessage(start));
      for (const start of starts) this.trigger(run, start, situation, caller);
    } else if (caller !== null) {
      for (const cardState of known.passed) this.interruptCaller(caller, cardState);
      for (const exit of known.exits.values()) this.comeBack(caller, exit);
      for (const { code, cardState } of known.errors.values()) this.throwAtCaller(caller, code, cardState);
    }
  }

  private newRun(process: ModdleElement): Run {
    const graph = this.models.graphOf(process);
    const heard = { seen: new Set<string>(), passed: new Set<CardStateOrNone>(), exits: new Map(), errors: new Map() };
    return { process, graph, callers: [], ...heard, joins: new Map(), endings: new Map() };
  }

  private arrive(run: Run, node: ModdleElement, situation: Situation, from: Point | null): void {
    const key = `${run.graph.numbers.get(node)} ${keyOf(situation)}`;
    if (run.seen.has(key)) return;
    run.seen.add(key);
    this.ahead.push({ run, node, situation, from });
  }

  private step(point: Point): void {
    const { run, node, situation } = point;
    this.interrupt(point);
    if (node.$type === 'bpmn:StartEvent' || node.$type === 'bpmn:BoundaryEvent') this.leave(point, situation);
    else if (node.$type === 'bpmn:EndEvent') this.end(point);
    else if (node.$type === 'bpmn:CallActivity') this.call(point);
    else if (!isSubprocess(node)) this.work(point);
    else for (const start of run.graph.begins(node)) this.arrive(run, start, entered(situation), point);
  }

  /** A task, an event on the way or a gateway. */
  private work(point: Point): void {
    const { run, node, situation } = point;
    const before = forgetting(situation, setBy(node, this.models.formOf(node)));
    const steps = stepsOf(node);
    const after = steps.length === 0 ? [before] : steps.flatMap((step) => afterStep(step, before));
    if (after.length === 0) {
      // What is one of several events to wait for may never come.
      if (!run.graph.isAlternative(node)) this.report(point, situation.cardState, neededBy(steps), false);
      return;
    }
    for (const code of topicOf(node)?.errors ?? []) this.throwError(point, code);
    for (const each of after) this.leave(point, each);
  }

  private leave(point: Point, situation: Situation): void {
    const { run, node } = point;
    if (elementOf(node, 'loopCharacteristics') !== null) this.arrive(run, node, situation, point);
    const targets = run.graph.linkTargets(node);
    for (const target of targets) this.arrive(run, target, situation, point);
    const flows = flowsTaken(node, run.graph.outgoing(node), situation.knownValues);
    const beside = flows.length > 1 && !isExclusive(node);
    for (const flow of flows) this.follow(flow, beside ? withBranches(situation, 1) : situation, point);
    if (flows.length === 0 && targets.length === 0) this.finish(point, node.$parent, situation);
  }

  private follow(flow: ModdleElement, situation: Situation, point: Point): void {
    const { run } = point;
    const target = elementOf(flow, 'targetRef');
    if (target === null) return;
    const joins = run.graph.incoming(target).length > 1 ? target.$type : null;
    if (joins === 'bpmn:ParallelGateway') this.join(flow, target, situation, point);
    else this.arrive(run, target, joins === 'bpmn:InclusiveGateway' ? withBranches(situation, -1) : situation, point);
  }

  /** A parallel gateway continues when a token has come on every flow. */
  private join(flow: ModdleElement, gateway: ModdleElement, situation: Situation, point: Point): void {
    const { joins, graph } = point.run;
    const come = joins.get(gateway) ?? new Map<ModdleElement, Map<string, Situation>>();
    joins.set(gateway, come);
    come.set(flow, (come.get(flow) ?? new Map<string, Situation>()).set(keyOf(situation), situation));
    const others = graph.incoming(gateway).filter((each) => each !== flow);
    let together = [situation];
    for (const other of others) {
      const beside = [...(come.get(other)?.values() ?? [])];
      const both = together.flatMap((one) => beside.flatMap((each) => merged(one, each)));
      together = [...new Map(both.map((each) => [keyOf(each), each])).values()];
    }
    for (const each of together) this.arrive(point.run, gateway, withBranches(each, -1), point);
  }

  private call(point: Point): void {
    const { node, situation } = point;
    const known = this.models.calledBy(node);
    const called = known.filter((process) => takesUp(process, situation.cardState));
    const knownValues = handedOver(node, 'camunda:In', situation.knownValues);
    for (const process of called)
      this.enter(process, { ...beginning, cardState: situation.cardState, knownValues }, point);
    if (called.length > 0) return;
    // A variant that we do not have ends as variants may end; what another process does is not known: it is taken to do nothing.
    const ends = known.length === 0 ? endsOfChosenVariant(point.run.process, node) : null;
    const after = forgetting(situation, setBy(node, null));
    for (const cardState of ends ?? [situation.cardState]) this.leave(point, { ...after, cardState });
  }

  private comeBack(caller: Point, { cardState, knownValues }: Situation): void {
    const { node, situation } = caller;
    const kept = forgetting(situation, setBy(node, null)).knownValues;
    this.leave(caller, {
      ...situation,
      cardState,
      knownValues: new Map([...kept, ...handedOver(node, 'camunda:Out', knownValues)]),
    });
  }

  private end(point: Point): void {
    const error = eventDefinition(point.node, 'bpmn:ErrorEventDefinition');
    if (error === null) this.finish(point, point.node.$parent, point.situation);
    else this.throwError(point, errorCode(error) ?? '');
  }

  /** A token ends in a process or subprocess; the others of it may not have ended yet. */
  private finish(point: Point, scope: ModdleElement | undefined, situation: Situation): void {
    if (scope === undefined) return;
    const { endings } = point.run;
    endings.set(scope, (endings.get(scope) ?? new Set<CardStateOrNone>()).add(situation.cardState));
    if (isAlone(situation)) this.complete(point, scope, situation);
    else this.parallelEndings.push({ point, scope, situation });
  }

  /** Of the ends of parallel branches the last one counts, and that is what comes later in the life of the card. */
  private settleParallelEndings(): void {
    const endings = this.parallelEndings;
    this.parallelEndings = [];
    for (const { point, scope, situation } of endings) {
      const { cardState } = situation;
      const all = [...(point.run.endings.get(scope) ?? [])];
      const isLast = !all.some((other) => isLater(other, cardState) && !isLater(cardState, other));
      if (isLast) this.complete(point, scope, situation);
    }
  }

  private complete(point: Point, scope: ModdleElement, situation: Situation): void {
    const { run } = point;
    if (scope === run.process) {
      const allowed = endsOf(scope);
      if (allowed !== null && !allowed.includes(situation.cardState)) {
        return this.report(point, situation.cardState, allowed, true);
      }
      if (run.exits.has(keyOf(situation))) return;
      run.exits.set(keyOf(situation), situation);
      for (const caller of run.callers) this.comeBack(caller, situation);
    } else if (scope['triggeredByEvent'] === true) {
      this.finish(point, scope.$parent, left(situation));
    } else {
      this.leave({ run, node: scope, situation: left(situation), from: point }, left(situation));
    }
  }

  /** What may happen while a token is at a node: events at it, and at and in the subprocesses around it. */
  private interrupt(point: Point): void {
    const { run } = point;
    let { node, situation } = point;
    for (;;) {
      for (const event of run.graph.attachedTo(node)) this.interruptBy(event, situation, point);
      const scope = node.$parent;
      if (scope === undefined) return;
      for (const start of run.graph.eventStarts(scope)) this.interruptBy(start, entered(situation), point);
      if (scope === run.process) break;
      node = scope;
      situation = left(situation);
    }
    if (run.passed.has(situation.cardState)) return;
    run.passed.add(situation.cardState);
    for (const caller of run.callers) this.interruptCaller(caller, situation.cardState);
  }

  private interruptCaller(caller: Point, cardState: CardStateOrNone): void {
    this.interrupt({ ...caller, situation: { ...caller.situation, cardState } });
  }

  private interruptBy(event: ModdleElement, situation: Situation, point: Point): void {
    if (isErrorEvent(event) || eventDefinition(event, 'bpmn:CompensateEventDefinition') !== null) return;
    const goesOn = event['cancelActivity'] === false || event['isInterrupting'] === false;
    this.trigger(point.run, event, goesOn ? withBranches(situation, 1) : situation, point);
  }

  /** An event happens, if it can where the card stands. */
  private trigger(run: Run, event: ModdleElement, situation: Situation, from: Point | null): void {
    const before = forgetting(situation, setBy(event, this.models.formOf(event)));
    const steps = stepsOf(event);
    const after = steps.length === 0 ? [before] : steps.flatMap((step) => afterStep(step, before));
    for (const each of after) this.arrive(run, event, each, from);
  }

  /** A BPMN error leaves the card as it was, and goes to the innermost event that catches it. */
  private throwError(point: Point, code: string): void {
    const { run } = point;
    let { node, situation } = point;
    for (;;) {
      const handler = run.graph.attachedTo(node).find((event) => catchesError(event, code));
      if (handler !== undefined) return this.trigger(run, handler, situation, point);
      const scope = node.$parent;
      if (scope === undefined) return;
      const start = run.graph.eventStarts(scope).find((event) => catchesError(event, code));
      if (start !== undefined) return this.trigger(run, start, entered(situation), point);
      if (scope === run.process) break;
      node = scope;
      situation = left(situation);
    }
    const { cardState } = situation;
    if (run.errors.has(`${code} ${cardState}`)) return;
    run.errors.set(`${code} ${cardState}`, { code, cardState });
    for (const caller of run.callers) this.throwAtCaller(caller, code, cardState);
  }

  private throwAtCaller(caller: Point, code: string, cardState: CardStateOrNone): void {
    this.throwError({ ...caller, situation: { ...caller.situation, cardState } }, code);
  }

  private report(point: Point, cardState: CardStateOrNone, allowed: readonly CardStateOrNone[], atEnd: boolean): void {
    const trouble = this.troubles.get(point.node) ?? { point, atEnd, allowed, found: new Set<CardStateOrNone>() };
    trouble.found.add(cardState);
    this.troubles.set(point.node, trouble);
  }
}

function isSubprocess({ $type }: ModdleElement): boolean {
  return $type === 'bpmn:SubProcess' || $type === 'bpmn:Transaction' || $type === 'bpmn:AdHocSubProcess';
}

/** What is known of the variables that a call hands over, in either direction. */
function handedOver(
  call: ModdleElement,
  type: 'camunda:In' | 'camunda:Out',
  knownValues: Situation['knownValues'],
): Map<string, string> {
  return new Map(
    extensions(call, type).flatMap((mapping): [string, string][] => {
      if (attribute(mapping, 'variables') === 'all') return [...knownValues];
      const [source, target] = [attribute(mapping, 'source'), attribute(mapping, 'target')];
      const text = knownValues.get(source ?? '');
      return text === undefined || target === null ? [] : [[target, text]];
    }),
  );
}
