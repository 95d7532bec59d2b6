import type { CardStateOrNone } from '../../contract/card-steps.js';
import type { Point, Trouble } from '../card-walk/card-walk.js';
import { waysTo } from '../card-walk/steps.js';
import { attribute, executableProcesses, flowNodes } from '../elements.js';
import { diagramRule } from '../rule.js';

/**
 * A diagram may not lead a card where the life of a card does not go: a task that finds its card in another state fails
 * when somebody is waiting for it, and a card that a process leaves behind half-way is found by nobody.
 */
export const cardStates = diagramRule('card-states', function* (definitions, { models }) {
  const { troubles, unfollowed } = models.cardWalk;
  for (const node of flowNodes(definitions)) {
    const trouble = troubles.get(node);
    if (trouble !== undefined) yield [node, trouble.atEnd ? endMessage(trouble) : wrongStateMessage(trouble)];
  }
  for (const process of executableProcesses(definitions)) {
    if (unfollowed.has(process)) yield [process, tooMany];
  }
});

const tooMany = 'There are too many ways through it to follow them all: split it into processes that call each other.';

function wrongStateMessage({ point, allowed, found }: Trouble): string {
  const ways = waysTo(allowed);
  const cure = ways.length === 0 ? 'lead this way elsewhere' : `put ${or(ways)} before it, or lead this way elsewhere`;
  return `${stateHere(found)} here, but it needs ${needed(allowed)}: ${cure}. The way: ${wayTo(point)}.`;
}

function endMessage({ point, allowed, found }: Trouble): string {
  const ways = waysTo(allowed, found);
  const cure = ways.length === 0 ? 'lead this way to another end' : `lead this way through ${or(ways)}`;
  return `${stateHere(found)} when it ends here, where ${needed(allowed)} is expected: ${cure}. The way: ${wayTo(point)}.`;
}

function stateHere(found: ReadonlySet<CardStateOrNone>): string {
  const states = [...found].filter((state) => state !== 'none');
  const none = found.has('none') ? ['there may be no card yet'] : [];
  const text = [...none, ...(states.length === 0 ? [] : [`the card may be ${or(states)}`])].join(', or ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function needed(allowed: readonly CardStateOrNone[]): string {
  const states = allowed.filter((state) => state !== 'none');
  const none = allowed.includes('none') ? ['no card'] : [];
  return [...none, ...(states.length === 0 ? [] : [`a card that is ${or(states)}`])].join(' or ');
}

function or(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** The names a designer reads in the diagram; a long way loses its middle. */
function wayTo(last: Point): string {
  const names: string[] = [];
  for (let point: Point | null = last; point !== null; point = point.from) {
    const name = (attribute(point.node, 'name') ?? attribute(point.node, 'id') ?? '').replace(/\s+/g, ' ');
    if (name !== names[0]) names.unshift(name);
  }
  return (names.length <= 12 ? names : [...names.slice(0, 3), '…', ...names.slice(-8)]).join(' → ');
}
