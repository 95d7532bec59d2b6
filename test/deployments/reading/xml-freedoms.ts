import type { Random } from '../../../bench/lib/random.js';

/**
 * A grammar of XML's own freedoms: other ways to write the same document, and things that look the same to one reader and
 * not to another. Each takes a diagram and changes one place, chosen at random.
 */
type Freedom = (xml: string, random: Random) => string;

const camunda = 'http://camunda.org/schema/1.0/bpmn';
const bpmn = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const ancestors = ['http://activiti.org/bpmn', 'http://www.camunda.com/fox', 'urn:x'];
const blanks = [' ', '\n', '\t', '\r\n', '&#10;', '&#9;', '&#32;', '\u00a0', '\u200b', '&#x20;'];
const spellings = [
  ' true ',
  '1',
  'TRUE',
  'True',
  'true\n',
  '&#116;rue',
  '0',
  ' false',
  'FALSE',
  'yes',
  'on',
  'tr&#117;e',
  '\ttrue',
  '\u200btrue',
  '',
];

/** Changes one match of a pattern. */
function at(xml: string, pattern: RegExp, random: Random, change: (...match: string[]) => string): string {
  const matches = [...xml.matchAll(pattern)];
  if (matches.length === 0) return xml;
  const match = matches[random.below(matches.length)];
  if (match === undefined) return xml;
  return xml.slice(0, match.index) + change(...match) + xml.slice(match.index + match[0].length);
}

const attribute = /\s([\w:-]+)="([^"]*)"/g;
const tag = /<(?!\/|\?|!)([\w:-]+)((?:\s[^<>]*?)?)(\/?)>/g;
const text = />([^<>]*\S[^<>]*)</g;

const code = [
  ['executionListener', 'event="start" expression="${x}"'],
  ['taskListener', 'event="create" class="x.Y"'],
  ['script', 'scriptFormat="juel"'],
  ['connector', ''],
  ['failedJobRetryTimeCycle', ''],
  ['properties', ''],
  ['potentialStarter', ''],
  ['errorEventDefinition', 'errorRef="x" expression="${true}"'],
] as const;

/** An extension by its own declaration, by a prefix, by default, or in a namespace that only one reader knows. */
function extension(random: Random): string {
  const [name, attributes] = random.pick(code);
  const uri = random.pick([camunda, camunda, ...ancestors]);
  return random.pick([
    `<${name} xmlns="${uri}" ${attributes} />`,
    `<q:${name} xmlns:q="${uri}" ${attributes} />`,
    `<camunda:${name} ${attributes} />`,
    `<camunda:${name} xmlns:camunda="${uri}" ${attributes} />`,
  ]);
}

export const freedoms: Readonly<Record<string, Freedom>> = {
  'white space in an attribute': (xml, random) =>
    at(xml, attribute, random, (_all, name = '', value = '') => {
      const blank = random.pick(blanks);
      return ` ${name}="${random.pick([blank + value, value + blank, blank + value + blank, value.replace(/./, (first) => first + blank)])}"`;
    }),
  'white space around an attribute': (xml, random) =>
    at(
      xml,
      attribute,
      random,
      (_all, name = '', value = '') =>
        `${random.pick(['  ', '\n\t', '\r\n'])}${name}${random.pick(['', ' ', '\n'])}=${random.pick(['', '  '])}"${value}"`,
    ),
  'white space in a text': (xml, random) =>
    at(xml, text, random, (_all, value = '') => `>${random.pick(blanks)}${value}${random.pick(blanks)}<`),
  'other quotes': (xml, random) =>
    at(xml, attribute, random, (all, name = '', value = '') => (value.includes("'") ? all : ` ${name}='${value}'`)),
  'character references in a value': (xml, random) =>
    at(
      xml,
      attribute,
      random,
      (_all, name = '', value = '') =>
        ` ${name}="${[...value].map((each) => (/\w/.test(each) && random.below(2) === 0 ? `&#${random.below(2) === 0 ? each.codePointAt(0) : `x${each.codePointAt(0)?.toString(16)}`};` : each)).join('')}"`,
    ),
  'entities in a value': (xml, random) =>
    at(
      xml,
      attribute,
      random,
      (_all, name = '', value = '') =>
        ` ${name}="${value}${random.pick(['&amp;', '&lt;', '&quot;', '&apos;', '&gt;', '&nbsp;', '&#0;', '&#xD800;', '&#x10FFFF;', '&'])}"`,
    ),
  'entities in a text': (xml, random) =>
    at(
      xml,
      text,
      random,
      (_all, value = '') => `>${value.replaceAll('$', '&#36;')}${random.pick(['', '&amp;', '&#x1F;'])}<`,
    ),
  'CDATA in a text': (xml, random) =>
    at(
      xml,
      text,
      random,
      (_all, value = '') =>
        `>${random.pick([`<![CDATA[${value}]]>`, `<![CDATA[]]>${value}`, `${value.slice(0, 2)}<![CDATA[${value.slice(2)}]]>`])}<`,
    ),
  'a comment in a text': (xml, random) =>
    at(xml, text, random, (_all, value = '') => `>${value.slice(0, 3)}<!-- x -->${value.slice(3)}<`),
  'a comment between elements': (xml, random) => at(xml, tag, random, (all) => `<!-- <scriptTask> -->${all}`),
  'a processing instruction': (xml, random) =>
    at(xml, tag, random, (all) => `${random.pick(['<?x y?>', '<?xml-stylesheet href="x"?>'])}${all}`),
  'a spelling of a boolean': (xml, random) =>
    at(xml, /\s([\w:]+)="(?:true|false)"/g, random, (_all, name = '') => ` ${name}="${random.pick(spellings)}"`),
  'a boolean that was not there': (xml, random) =>
    at(
      xml,
      tag,
      random,
      (_all, name = '', rest = '', end = '') =>
        `<${name}${rest} ${random.pick(['isExecutable', 'isInterrupting', 'cancelActivity', 'triggeredByEvent', 'isForCompensation', 'isSequential', 'camunda:asyncBefore', 'camunda:asyncAfter', 'camunda:exclusive', 'camunda:async'])}="${random.pick(['true', 'false', ...spellings])}"${end}>`,
    ),
  'a second process': (xml, random) =>
    xml
      .replace(
        /(<\/bpmn:process>)/,
        `$1<${random.pick(['bpmn:process', `process xmlns="${bpmn}"`, `q:process xmlns:q="${bpmn}"`, 'q:process xmlns:q="urn:x"', 'process xmlns=""'])} id="request-card" isExecutable="${random.pick(['true', 'false', ...spellings])}" camunda:historyTimeToLive="P1D"><bpmn:startEvent id="sneak-${random.below(100)}" /></PROCESS>`,
      )
      .replace(/<([\w:]*process)([^<>]*)>(<bpmn:startEvent id="sneak-\d+" \/>)<\/PROCESS>/, '<$1$2>$3</$1>'),
  'another prefix': (xml, random) => {
    const prefix = random.pick(['b', 'camunda2', 'xml2', 'Bpmn', 'bpmn-x', 'ü']);
    return xml
      .replaceAll('<bpmn:', `<${prefix}:`)
      .replaceAll('</bpmn:', `</${prefix}:`)
      .replace('xmlns:bpmn=', `xmlns:${prefix}=`)
      .replaceAll('"bpmn:tFormal', random.below(2) === 0 ? `"${prefix}:tFormal` : '"bpmn:tFormal');
  },
  'the default namespace': (xml, random) =>
    xml
      .replaceAll('<bpmn:', '<')
      .replaceAll('</bpmn:', '</')
      .replace('xmlns:bpmn=', 'xmlns=')
      .replaceAll('"bpmn:tFormal', random.pick(['"tFormal', '"bpmn:tFormal'])),
  'a prefix declared where it is used': (xml, random) =>
    at(
      xml,
      /<bpmn:(\w+)([^<>]*)\/>/g,
      random,
      (_all, name = '', rest = '') => `<q:${name} xmlns:q="${random.pick([bpmn, 'urn:x'])}"${rest}/>`,
    ),
  'a default declared where it is used': (xml, random) =>
    at(
      xml,
      /<bpmn:(\w+)([^<>]*)\/>/g,
      random,
      (_all, name = '', rest = '') => `<${name} xmlns="${random.pick([bpmn, 'urn:x', ''])}"${rest}/>`,
    ),
  'the extensions under another prefix': (xml, random) => {
    const uri = random.pick([camunda, ...ancestors]);
    return xml.replaceAll('camunda:', 'c:').replace('xmlns:c=', `xmlns:c="${uri}" xmlns:camunda=`);
  },
  'a prefix that means another namespace below': (xml, random) =>
    at(
      xml,
      tag,
      random,
      (_all, name = '', rest = '', end = '') =>
        `<${name} xmlns:${random.pick(['camunda', 'bpmn', 'xsi'])}="${random.pick([camunda, bpmn, ...ancestors])}"${rest}${end}>`,
    ),
  'an extension': (xml, random) => at(xml, /<bpmn:extensionElements>/g, random, (all) => all + extension(random)),
  'extensions that were not there': (xml, random) =>
    at(
      xml,
      /<bpmn:(userTask|serviceTask|startEvent|endEvent|sequenceFlow|exclusiveGateway)([^<>]*[^/<>])>/g,
      random,
      (all) => `${all}<bpmn:extensionElements>${extension(random)}</bpmn:extensionElements>`,
    ),
  'an attribute of another namespace': (xml, random) =>
    at(
      xml,
      tag,
      random,
      (_all, name = '', rest = '', end = '') =>
        `<${name}${rest} xmlns:q="${random.pick([camunda, ...ancestors])}" q:${random.pick(['class', 'assignee', 'asyncBefore', 'candidateGroups', 'formKey', 'topic', 'type'])}="${random.pick(['true', 'x.Y', 'external', '${x}'])}"${end}>`,
    ),
  'an attribute without a namespace': (xml, random) =>
    at(
      xml,
      tag,
      random,
      (_all, name = '', rest = '', end = '') =>
        `<${name}${rest} ${random.pick(['class', 'assignee', 'language', 'default', 'xmlns', 'xml:base', 'xml:space', 'name', 'id', 'implementation'])}="${random.pick(['x', '', 'preserve', bpmn])}"${end}>`,
    ),
  'an attribute twice': (xml, random) => at(xml, attribute, random, (all) => all + all),
  'attributes in another order': (xml, random) =>
    at(
      xml,
      tag,
      random,
      (_all, name = '', rest = '', end = '') =>
        `<${name}${[...rest.matchAll(attribute)]
          .map(([all]) => all)
          .reverse()
          .join('')}${end}>`,
    ),
  'elements in another order': (xml, random) =>
    at(
      xml,
      /(<bpmn:(?:sequenceFlow|boundaryEvent|message|error)\b[^<>]*\/>)(\s*)(<bpmn:\w+\b[^<>]*\/>)/g,
      random,
      (_all, one = '', gap = '', other = '') => other + gap + one,
    ),
  'an element twice': (xml, random) => at(xml, /<[\w:]+(?:\s[^<>]*)?\/>/g, random, (all) => all + all),
  'an element gone': (xml, random) => at(xml, /<[\w:]+(?:\s[^<>]*)?\/>/g, random, () => ''),
  'an attribute gone': (xml, random) => at(xml, attribute, random, () => ''),
  'a value of somewhere else': (xml, random) => {
    const values = [...xml.matchAll(attribute)].map(([, , value = '']) => value);
    return at(xml, attribute, random, (_all, name = '') => ` ${name}="${random.pick(values)}"`);
  },
  'a text where none belongs': (xml, random) =>
    at(xml, tag, random, (all) => `${all}${random.pick(['x', '${x}', '&#32;', '<![CDATA[ ]]>', '<![CDATA[x]]>'])}`),
  'an element of another kind': (xml, random) =>
    at(
      xml,
      /<bpmn:(?:serviceTask|userTask|task|exclusiveGateway|subProcess)\b([^<>]*)\/>/g,
      random,
      (_all, rest = '') =>
        `<bpmn:${random.pick(['adHocSubProcess', 'complexGateway', 'scriptTask', 'subChoreography', 'businessRuleTask', 'globalUserTask', 'transaction'])}${rest}/>`,
    ),
  'a declaration': (xml, random) =>
    xml.replace(
      /^<\?xml.*?\?>/,
      random.pick([
        '',
        '<?xml version="1.1" encoding="UTF-8"?>',
        "<?xml version='1.0'?>",
        '<?xml version="1.0" encoding="utf-8" standalone="yes"?>',
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        '<?xml version="1.0" encoding="UTF-16"?>',
        '\n<?xml version="1.0"?>',
        '<?xml version="1.0" encoding="US-ASCII"?>',
        '\uFEFF<?xml version="1.0" encoding="UTF-8"?>',
      ]),
    ),
  'a document type': (xml, random) =>
    xml.replace(
      /(<\?xml.*?\?>)/,
      `$1${random.pick(['<!DOCTYPE x>', '<!DOCTYPE bpmn:definitions [<!ENTITY e "true">]>', '<!DOCTYPE bpmn:definitions [<!ATTLIST bpmn:process isExecutable CDATA "true">]>'])}`,
    ),
  'line ends': (xml, random) => xml.replaceAll('\n', random.pick(['\r\n', '\r', '\u0085', '\u2028'])),
  'letters that look alike': (xml, random) =>
    at(
      xml,
      attribute,
      random,
      (_all, name = '', value = '') =>
        ` ${name}="${value.replace(/[aeo]/, (each) => ({ a: 'а', e: 'е', o: 'ο' })[each] ?? each)}"`,
    ),
  'a name of another form of Unicode': (xml, random) =>
    at(
      xml,
      /\sname="([^"]*)"/g,
      random,
      () => ` name="${random.pick(['é', 'é', '\u202eabc', 'A\u030a', '𝔘', '&#x202e;x'])}"`,
    ),
  'an expression': (xml, random) =>
    at(
      xml,
      attribute,
      random,
      (_all, name = '') =>
        ` ${name}="${random.pick(['${starter}', '#{starter}', '${a.b}', '${now()}', '\\${x}', '$ {x}', '${x}#{y}', '{x}', "${'}'}", '${&quot;}&quot;}', '${x} }', '$${x}', '${x', "${'a' == &quot;b&quot;}", '${ x }', '${x eq 1.5}', '${x == 1e5}', "${x == 'a\\'b'}", '${x.}', '${ execution . hasVariable ( &quot;x&quot; ) }', '${true}', '${empty x}', '${not empty x}', '${x lt y}', '${null}'])}"`,
    ),
  'a retry': (xml, random) =>
    at(
      xml,
      /<bpmn:extensionElements>/g,
      random,
      (all) =>
        `${all}<camunda:failedJobRetryTimeCycle>${random.pick(['R3/PT10M', 'R999999999/PT0S', 'R/PT1S', 'PT1M,PT5M', ' R3/PT10M ', '${x}', 'R0/PT1M', 'x', ''])}</camunda:failedJobRetryTimeCycle>`,
    ),
};

const names = Object.keys(freedoms);

/**
 * A diagram with one to three freedoms taken.
 * @returns the XML, and which
 */
export function takeFreedoms(xml: string, random: Random): { xml: string; taken: readonly string[] } {
  const taken = Array.from({ length: 1 + random.below(3) }, () => random.pick(names));
  return { xml: taken.reduce((before, name) => freedoms[name]?.(before, random) ?? before, xml), taken };
}
