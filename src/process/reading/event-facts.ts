import type { ModdleElement } from 'bpmn-moddle';
import { elementOf, elementsOf } from '../model-checks/elements.js';
import type { Facts } from './reading.js';
import { activityFacts } from './activity-facts.js';
import { formFacts } from './form-facts.js';
import { commaSeparated, own } from './texts.js';

type Place = 'start' | 'eventStart' | 'catch' | 'boundary' | 'throw' | 'end';

/** What the engine calls an event by where it stands and what it is about. */
const kinds: Readonly<Record<Place, Readonly<Record<string, string>>>> = {
  start: {
    none: 'startEvent',
    Timer: 'startTimerEvent',
    Message: 'messageStartEvent',
    Signal: 'signalStartEvent',
    Conditional: 'conditionalStartEvent',
  },
  eventStart: {
    Error: 'errorStartEvent',
    Timer: 'startTimerEvent',
    Message: 'messageStartEvent',
    Signal: 'signalStartEvent',
    Conditional: 'conditionalStartEvent',
    Compensate: 'compensationStartEvent',
    Escalation: 'escalationStartEvent',
  },
  catch: {
    Timer: 'intermediateTimer',
    Message: 'intermediateMessageCatch',
    Signal: 'intermediateSignalCatch',
    Conditional: 'intermediateConditional',
    Link: 'intermediateLinkCatch',
  },
  boundary: {
    Timer: 'boundaryTimer',
    Message: 'boundaryMessage',
    Signal: 'boundarySignal',
    Conditional: 'boundaryConditional',
    Error: 'boundaryError',
    Escalation: 'boundaryEscalation',
    Compensate: 'compensationBoundaryCatch',
    Cancel: 'cancelBoundaryCatch',
  },
  throw: {
    none: 'intermediateNoneThrowEvent',
    Message: 'intermediateNoneThrowEvent',
    Signal: 'intermediateSignalThrow',
    Escalation: 'intermediateEscalationThrowEvent',
    Compensate: 'intermediateCompensationThrowEvent',
    Link: 'linkThrow',
  },
  end: {
    none: 'noneEndEvent',
    Message: 'endEvent',
    Signal: 'signalEndEvent',
    Error: 'errorEndEvent',
    Escalation: 'escalationEndEvent',
    Compensate: 'compensationEndEvent',
    Terminate: 'terminateEndEvent',
    Cancel: 'cancelEndEvent',
  },
};

/** How the engine runs events of one place; what an event is about may say otherwise. */
const behaviours: Readonly<Record<Place, string>> = {
  start: 'NoneStartEventActivityBehavior',
  eventStart: 'EventSubProcessStartEventActivityBehavior',
  catch: 'IntermediateCatchEventActivityBehavior',
  boundary: 'BoundaryEventActivityBehavior',
  throw: 'IntermediateThrowNoneEventActivityBehavior',
  end: 'NoneEndEventActivityBehavior',
};
const otherBehaviours: Readonly<Record<string, string>> = {
  'eventStart Conditional': 'EventSubProcessStartConditionalEventActivityBehavior',
  'catch Conditional': 'IntermediateConditionalEventBehavior',
  'catch Link': 'IntermediateCatchLinkEventActivityBehavior',
  'boundary Conditional': 'BoundaryConditionalEventActivityBehavior',
  'boundary Cancel': 'CancelBoundaryEventActivityBehavior',
  'throw Signal': 'ThrowSignalEventActivityBehavior',
  'throw Escalation': 'ThrowEscalationEventActivityBehavior',
  'throw Compensate': 'CompensationEventActivityBehavior',
  'end Signal': 'ThrowSignalEventActivityBehavior',
  'end Escalation': 'ThrowEscalationEventActivityBehavior',
  'end Compensate': 'CompensationEventActivityBehavior',
  'end Error': 'ErrorEndEventActivityBehavior',
  'end Terminate': 'TerminateEndEventActivityBehavior',
  'end Cancel': 'CancelEndEventActivityBehavior',
  'end Message': 'IntermediateThrowNoneEventActivityBehavior',
};

const places: Readonly<Record<string, Place>> = {
  'bpmn:StartEvent': 'start',
  'bpmn:IntermediateCatchEvent': 'catch',
  'bpmn:BoundaryEvent': 'boundary',
  'bpmn:IntermediateThrowEvent': 'throw',
  'bpmn:EndEvent': 'end',
};

function placeOf(node: ModdleElement): Place | undefined {
  return node.$type === 'bpmn:StartEvent' && node.$parent?.['triggeredByEvent'] === true
    ? 'eventStart'
    : places[node.$type];
}

/** What an event is about; `none` for an event of no kind, `several` for one that nothing can be said of. */
function subjectOf(node: ModdleElement): string {
  const definitions = elementsOf(node, 'eventDefinitions');
  if (definitions.length > 1) return 'several';
  return definitions[0]?.$type.replace(/^bpmn:|EventDefinition$/g, '') ?? 'none';
}

/** A message that is thrown by a worker instead of being only drawn. */
function isWorkersMessage(definition: ModdleElement | undefined): definition is ModdleElement {
  return definition?.$type === 'bpmn:MessageEventDefinition' && own(definition, 'camunda:type') !== undefined;
}

/** What the engine calls a node; the element's own name where it is no event. */
export function kindOf(node: ModdleElement): string {
  const place = placeOf(node);
  if (place === undefined) return lowerFirst(node.$type.replace(/^\w+:/, ''));
  const [definition] = elementsOf(node, 'eventDefinitions');
  if (isWorkersMessage(definition)) return place === 'end' ? 'messageEndEvent' : 'intermediateMessageThrowEvent';
  return kinds[place][subjectOf(node)] ?? `${place} ${subjectOf(node)}`;
}

/**
 * Adds what a node does: an event by its definition, anything else by itself.
 * @param factsOf facts of another element: what an event subprocess catches is a fact of the subprocess
 */
export function eventFacts(node: ModdleElement, facts: Facts, factsOf: (id: string) => Facts): void {
  facts.add('kind', kindOf(node));
  const place = placeOf(node);
  if (place === undefined) {
    activityFacts(node, node, facts);
    return;
  }
  const subject = subjectOf(node);
  const [definition] = elementsOf(node, 'eventDefinitions');
  if (isWorkersMessage(definition)) {
    activityFacts(definition, node, facts);
    return;
  }
  facts.add('behaviour', otherBehaviours[`${place} ${subject}`] ?? behaviours[place]);
  if (place === 'start') formFacts(node, facts);
  if (place === 'boundary')
    facts.add('start', node['cancelActivity'] === false ? 'CONCURRENT_IN_FLOW_SCOPE' : 'CANCEL_EVENT_SCOPE');
  if (subject === 'Terminate' || subject === 'Cancel') if (place === 'end') facts.add('start', 'INTERRUPT_FLOW_SCOPE');
  if (definition === undefined) return;
  const catcher = place === 'eventStart' ? factsOf(String(node.$parent?.['id'])) : facts;
  definitionFacts(definition, place, facts, catcher);
}

function definitionFacts(definition: ModdleElement, place: Place, facts: Facts, catcher: Facts): void {
  const named = (property: string, name: string) => {
    const element = elementOf(definition, property);
    return element === null ? undefined : own(element, name);
  };
  const throwing = place === 'throw' || place === 'end';
  switch (definition.$type) {
    case 'bpmn:TimerEventDefinition':
      for (const [property, type] of [
        ['timeDate', 'DATE'],
        ['timeCycle', 'CYCLE'],
        ['timeDuration', 'DURATION'],
      ] as const) {
        const value = elementOf(definition, property);
        if (value !== null) facts.add('timer', `${type} ${(own(value, 'body') ?? '').trim()}`);
      }
      break;
    case 'bpmn:MessageEventDefinition':
      if (!throwing)
        facts.add('waitsFor', `message ${named('messageRef', 'name') ?? ''}`).addIf('startsProcess', place === 'start');
      break;
    case 'bpmn:SignalEventDefinition':
      if (throwing) facts.add('throwsSignal', named('signalRef', 'name'));
      else
        facts.add('waitsFor', `signal ${named('signalRef', 'name') ?? ''}`).addIf('startsProcess', place === 'start');
      break;
    case 'bpmn:ConditionalEventDefinition': {
      const condition = elementOf(definition, 'condition');
      facts
        .add('condition', (condition && own(condition, 'body'))?.trim())
        .add('conditionVariable', own(definition, 'camunda:variableName'))
        .addAll('conditionEvents', commaSeparated(own(definition, 'camunda:variableEvents')).sort())
        .addIf('startsProcess', place === 'start');
      break;
    }
    case 'bpmn:ErrorEventDefinition': {
      const code = named('errorRef', 'errorCode');
      if (throwing) facts.add('throwsError', code);
      else {
        catcher
          .add('catchesError', code === undefined ? 'any' : `code ${code}`)
          .add('errorCodeVariable', own(definition, 'camunda:errorCodeVariable'))
          .add('errorMessageVariable', own(definition, 'camunda:errorMessageVariable'));
      }
      break;
    }
    case 'bpmn:EscalationEventDefinition': {
      const code = named('escalationRef', 'escalationCode');
      if (throwing) facts.add('throwsEscalation', code);
      else {
        catcher
          .add('catchesEscalation', code === undefined || code === '' ? 'any' : `code ${code}`)
          .add('escalationCodeVariable', own(definition, 'camunda:escalationCodeVariable'));
      }
      break;
    }
    case 'bpmn:CompensateEventDefinition': {
      const activity = named('activityRef', 'id');
      if (!throwing) break;
      facts
        .add('compensates', activity === undefined ? 'all' : `activity ${activity}`)
        .addIf('waitsForCompletion', definition['waitForCompletion'] === false, 'false');
      break;
    }
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
