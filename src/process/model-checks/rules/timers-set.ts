import type { ModdleElement } from 'bpmn-moddle';
import { attribute, elementOf, eventDefinition, executableProcesses, nodesOf } from '../elements.js';
import { holdsExpression, isOneExpression, parseExpressions } from '../expressions.js';
import { diagramRule } from '../rule.js';
import type { Knowledge } from '../variables.js';

const duration = /^P(?:\d+W|(?=[\dT])(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** Every kind of timer with what it takes (ISO 8601), and an example. */
const kinds = [
  { property: 'timeDuration', example: 'P14D', fits: (text: string) => duration.test(text) },
  { property: 'timeDate', example: '2030-01-31T08:00:00Z', fits: (text: string) => instant.test(text) },
  { property: 'timeCycle', example: 'R3/PT1H', fits: isCycle },
] as const;

/** The engine fails on an empty timer, at the moment a token comes to it: it takes the whole step back. */
export const timersSet = diagramRule('timers-set', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions)) {
    for (const node of nodesOf(process)) {
      const timer = eventDefinition(node, 'bpmn:TimerEventDefinition');
      if (timer === null) continue;
      const host = elementOf(node, 'attachedToRef') ?? node;
      const complaint = complaintOf(timer, models.variablesOf(process).during(host));
      if (complaint !== null) yield [node, complaint];
    }
  }
});

function complaintOf(timer: ModdleElement, known: Knowledge | null): string | null {
  const set = kinds.flatMap(({ property, ...kind }) => {
    const body = elementOf(timer, property);
    return body === null ? [] : [{ ...kind, text: (attribute(body, 'body') ?? '').trim() }];
  });
  const [first, second] = set;
  if (first === undefined || second !== undefined || first.text === '') {
    return 'Give the timer one duration, date or cycle, for example P14D.';
  }
  if (!holdsExpression(first.text)) {
    return first.fits(first.text) ? null : `The timer cannot read "${first.text}": write it like ${first.example}.`;
  }
  if (!isOneExpression(first.text)) return 'Give the timer one expression and nothing beside it.';
  const reads = (parseExpressions(first.text) ?? []).flatMap((expression) => expression.reads);
  const empty = reads.find((name) => known?.get(name) === 'nullable');
  if (empty === undefined) return null;
  return `The variable "${empty}" may be empty here: lead a flow with the condition \${${empty} != null} to the timer, and another past it.`;
}

/** Repetitions of a duration, `R3/PT1H`, or a cron expression of seconds, minutes, hours, days, months and weekdays. */
function isCycle(text: string): boolean {
  const [repetitions = '', ...times] = text.split('/');
  const timed = [1, 2].includes(times.length) && times.every((each) => duration.test(each) || instant.test(each));
  return (/^R\d*$/.test(repetitions) && timed) || /^\S+( \S+){5,6}$/.test(text);
}
