import type { Random } from '../../../bench/lib/random.js';

/** One way to change a text; null where it finds nothing to change. */
type Mutation = (text: string, random: Random) => string | null;

/** Values that something somewhere may take badly. */
const nasty = [
  '',
  ' ',
  '0',
  '-1',
  '999999999999',
  'null',
  'true',
  '${',
  '${}',
  '${x}',
  '#{x}',
  "${execution.hasVariable('x')}",
  '${runtimeService}',
  '<',
  '&amp;',
  '&#0;',
  '&#x41;',
  'ä',
  '\u202e',
  'x'.repeat(5_000),
  '../x',
  'bpmn:Task',
  'P1D',
  'PT0S',
  'R3/PT1S',
  '2000-01-01',
  'requested',
  'approved',
  'register-request',
  'record-decision',
  'with-approval',
  'request-card',
  'card-request-reserved',
  'xmlns',
  '__proto__',
  'constructor',
];

/** BPMN that a designer might put anywhere, rightly or not. */
const snippets = [
  '<bpmn:task id="extra" />',
  '<bpmn:userTask id="extra" name="Extra" camunda:candidateGroups="card-approvers" />',
  '<bpmn:serviceTask id="extra" camunda:type="external" camunda:topic="find-holder" />',
  '<bpmn:scriptTask id="extra" scriptFormat="javascript"><bpmn:script>1</bpmn:script></bpmn:scriptTask>',
  '<bpmn:startEvent id="extra"><bpmn:timerEventDefinition id="extra-timer"><bpmn:timeCycle>R/PT1S</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>',
  '<bpmn:startEvent id="extra"><bpmn:signalEventDefinition id="extra-signal" /></bpmn:startEvent>',
  '<bpmn:intermediateCatchEvent id="extra"><bpmn:timerEventDefinition id="extra-timer" /></bpmn:intermediateCatchEvent>',
  '<bpmn:boundaryEvent id="extra" attachedToRef="register-request"><bpmn:errorEventDefinition id="extra-error" /></bpmn:boundaryEvent>',
  '<bpmn:subProcess id="extra"><bpmn:startEvent id="inner" /></bpmn:subProcess>',
  '<bpmn:callActivity id="extra" calledElement="request-card" />',
  '<bpmn:extensionElements><camunda:executionListener event="start" expression="${x}" /></bpmn:extensionElements>',
  '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>',
  '<!-- a comment -->',
  '<![CDATA[ text ]]>',
  '<?target data?>',
];

const attribute = /[\w:]+="[^"]*"/g;
const line = /^.*$/gm;
const element = /<(bpmn|camunda|bpmndi|dc|di):[\w]+(\s[^<>]*)?\/>/g;
const token = /\$\{[^}]*\}|>[^<>\n]+</g;

/** Changes that keep the file XML, for the most part: what designers and hostile people would do. */
const mutations: readonly Mutation[] = [
  (text, random) =>
    replaceOne(text, attribute, random, (found) => found.replace(/"[^"]*"/, () => `"${random.pick(nasty)}"`)),
  (text, random) => replaceOne(text, attribute, random, () => ''),
  (text, random) => swapAttributes(text, random),
  (text, random) => replaceOne(text, line, random, () => ''),
  (text, random) => replaceOne(text, line, random, (found) => `${found}\n${found}`),
  (text, random) => replaceOne(text, element, random, () => ''),
  (text, random) => replaceOne(text, element, random, (found) => `${found}${found}`),
  (text, random) => replaceOne(text, line, random, (found) => `${found}\n${random.pick(snippets)}`),
  (text, random) => replaceOne(text, token, random, () => `>${random.pick(nasty)}<`),
  (text, random) =>
    replaceOne(text, /\b(userTask|serviceTask|callActivity|endEvent|exclusiveGateway|boundaryEvent)\b/g, random, () =>
      random.pick([
        'task',
        'sendTask',
        'receiveTask',
        'parallelGateway',
        'eventBasedGateway',
        'subProcess',
        'manualTask',
        'intermediateThrowEvent',
      ]),
    ),
  (text, random) => renameEverywhere(text, random),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => {
    const at = random.below(text.length);
    return text.slice(0, at) + random.pick(['<', '>', '"', '\u0000', '&', ' ', '\n', '/']) + text.slice(at);
  },
];

/** A text with one to three changes. */
export function mutate(text: string, random: Random): string {
  let changed = text;
  for (let left = 1 + random.below(3); left > 0; left -= 1)
    changed = random.pick(mutations)(changed, random) ?? changed;
  return changed;
}

function replaceOne(text: string, pattern: RegExp, random: Random, by: (found: string) => string): string | null {
  const found = [...text.matchAll(pattern)].filter(([match]) => match !== '');
  if (found.length === 0) return null;
  const { 0: match, index } = random.pick(found);
  return text.slice(0, index) + by(match) + text.slice(index + match.length);
}

/** The values of two attributes of one name change places. */
function swapAttributes(text: string, random: Random): string | null {
  const name = random.pick([
    'sourceRef',
    'targetRef',
    'name',
    'camunda:topic',
    'id',
    'errorRef',
    'messageRef',
    'attachedToRef',
    'bpmnElement',
    'value',
  ]);
  const found = [...text.matchAll(new RegExp(`(?<=\\s${name}=")[^"]*(?=")`, 'g'))];
  if (found.length < 2) return null;
  const [one, other] = [random.pick(found), random.pick(found)].sort((a, b) => a.index - b.index);
  if (one === undefined || other === undefined || one.index === other.index) return null;
  const middle = text.slice(one.index + one[0].length, other.index);
  return text.slice(0, one.index) + other[0] + middle + one[0] + text.slice(other.index + other[0].length);
}

/** One id is renamed with all that refers to it, which changes nothing that happens, or takes a name that is taken. */
function renameEverywhere(text: string, random: Random): string | null {
  const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id);
  if (ids.length === 0) return null;
  const [old, young] = [random.pick(ids), random.pick([...ids, 'renamed', 'Activity_0abc123', '1x', 'ä'])];
  return text.replaceAll(`"${old}"`, `"${young}"`).replaceAll(`>${old}<`, `>${young}<`);
}
