import { chain, sample, task } from './model-case.js';

/** A file that no diagram of a person's making looks like, as its bytes, and what refuses it. */
export interface HostileCase {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** The rule; or `upload` where it is not read at all. */
  readonly rule:
    | 'readable-file'
    | 'upload'
    | 'one-process'
    | 'no-code'
    | 'engine-namespaces'
    | 'allowed-expressions'
    | 'known-topics';
  readonly element: string;
}

const right = sample(chain(task('look'))).content.replace(' name="Some work"', '');
const file = 'sample';
const unread = { rule: 'upload', element: file } as const;
const unreadable = { rule: 'readable-file', element: file } as const;
const header = '<?xml version="1.0" encoding="UTF-8"?>';
const utf8 = (text: string) => Buffer.from(text, 'utf8');
const inside = (inner: string) => utf8(sample('').content.replace('</process>', () => `${inner}</process>`));
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

/** The entity of each line is ten of the line before. */
const laughs = [
  '<!ENTITY l0 "ha">',
  ...Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`),
].join('');
const doctype = (inner: string, rest = right) => utf8(`${header}<!DOCTYPE definitions ${inner}>${rest}`);
const nested = (depth: number) => `${'<subProcess>'.repeat(depth)}${'</subProcess>'.repeat(depth)}`;
const tasks = (count: number) => Array.from({ length: count }, (_, n) => `<task id="t${n}" />`).join('');
export const hostileCases: readonly HostileCase[] = [
  { what: 'a DOCTYPE', bytes: doctype('[]'), ...unreadable },
  { what: 'a DOCTYPE in small letters', bytes: utf8(`<!doctype x>${right}`), ...unreadable },
  {
    what: 'a billion laughs',
    bytes: doctype(`[${laughs}]`, right.replace('id="look"', 'id="look" name="&l9;"')),
    ...unreadable,
  },
  {
    what: 'one long entity, many times',
    bytes: doctype(
      `[<!ENTITY a "${'a'.repeat(50_000)}">]`,
      right.replace('id="look"', `id="look" name="${'&a;'.repeat(5_000)}"`),
    ),
    ...unreadable,
  },
  {
    what: 'an entity that is a file of the server',
    bytes: doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]', right.replace('id="look"', 'id="look" name="&x;"')),
    ...unreadable,
  },
  { what: 'an entity that is another server', bytes: doctype('SYSTEM "http://127.0.0.1:9/x.dtd"'), ...unreadable },
  { what: 'a parameter entity', bytes: doctype('[<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]'), ...unreadable },
  {
    what: 'an inclusion of another file',
    bytes: inside('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" />'),
    ...unreadable,
  },
  { what: '50,000 elements', bytes: inside(tasks(50_000)), ...unreadable },
  { what: '30,000 small elements', bytes: inside('<task/>'.repeat(30_000)), ...unreadable },
  { what: '20,000 elements deep', bytes: inside(nested(20_000)), ...unreadable },
  {
    what: '5,000 deep, behind attributes that look like ends',
    bytes: inside(`${'<subProcess name="/>">'.repeat(5_000)}${'</subProcess>'.repeat(5_000)}`),
    ...unreadable,
  },
  { what: '100 deep', bytes: inside(nested(100)), ...unreadable },
  { what: 'half a file', bytes: utf8(right.slice(0, right.length / 2)), ...unreadable },
  { what: 'a file that ends in a tag', bytes: utf8(right.slice(0, -4)), ...unreadable },
  { what: 'nothing', bytes: utf8(''), ...unreadable },
  { what: 'blanks', bytes: utf8('  \n'), ...unreadable },
  { what: 'a text', bytes: utf8('Approve the request.'), ...unreadable },
  { what: 'JSON', bytes: utf8('{"id": "sample"}'), ...unreadable },
  { what: 'HTML', bytes: utf8('<html><body><script>alert(1)</script></body></html>'), ...unreadable },
  { what: 'a picture', bytes: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), ...unread },
  { what: 'a ZIP archive', bytes: Buffer.from('504b0304140000000800', 'hex'), ...unread },
  { what: 'UTF-16', bytes: utf16(right), ...unread },
  { what: 'UTF-16 that says so', bytes: utf16(`<?xml version="1.0" encoding="UTF-16"?>${right}`), ...unread },
  { what: 'UTF-8 that says it is UTF-16', bytes: utf8(`<?xml version="1.0" encoding="UTF-16"?>${right}`), ...unread },
  {
    what: 'UTF-8 that says it is Latin-1',
    bytes: utf8(`<?xml version="1.0" encoding='ISO-8859-1'?>${right}`),
    ...unread,
  },
  {
    what: 'Latin-1 that says it is UTF-8',
    bytes: Buffer.from(`${header}${right.replace('id="look"', 'id="look" name="Prüfen"')}`, 'latin1'),
    ...unread,
  },
  {
    what: 'UTF-7, a script in disguise',
    bytes: utf8(`<?xml version="1.0" encoding="UTF-7"?>+ADw-script+AD4-${right}`),
    ...unread,
  },
  {
    what: 'an encoding nobody knows',
    bytes: utf8(`<?xml version="1.0" encoding="x-user-defined"?>${right}`),
    ...unread,
  },
  { what: 'two byte order marks', bytes: utf8(`\uFEFF\uFEFF${right}`), ...unread },
  { what: 'a zero byte', bytes: utf8(right.replace('look', 'lo\u0000ok')), ...unread },
  { what: 'a surrogate that is half', bytes: Buffer.concat([utf8(right), Buffer.from([0xed, 0xa0, 0x80])]), ...unread },
  { what: 'an overlong slash', bytes: Buffer.concat([Buffer.from([0xc0, 0xaf]), utf8(right)]), ...unread },
  {
    what: 'more than a megabyte of one attribute',
    bytes: utf8(right.replace('id="look"', `id="look" name="${'a'.repeat(1_100_000)}"`)),
    ...unread,
  },
  {
    what: 'an expression of 500,000 letters',
    bytes: utf8(right.replace('id="look"', `id="look" name="\${${'a'.repeat(500_000)}}"`)),
    rule: 'allowed-expressions',
    element: 'look',
  },
  {
    what: 'an expression of 100,000 parentheses',
    bytes: utf8(right.replace('id="look"', `id="look" name="\${${'('.repeat(100_000)}"`)),
    rule: 'allowed-expressions',
    element: 'look',
  },
  {
    what: '100,000 expressions that never close',
    bytes: utf8(right.replace('id="look"', `id="look" name="${'${'.repeat(100_000)}"`)),
    rule: 'allowed-expressions',
    element: 'look',
  },
  { what: 'an element that is not of BPMN', bytes: inside('<robot id="look" />'), ...unreadable },
  { what: 'an attribute twice', bytes: utf8(right.replace('id="look"', 'id="look" id="look"')), ...unreadable },
  { what: 'an id twice', bytes: inside(chain(task('look')) + task('look')[1]), ...unreadable },
  { what: 'the id of another element', bytes: inside(chain(task('sample'))), ...unreadable },
  { what: 'an end tag of another name', bytes: utf8(right.replace('</process>', '</procesS>')), ...unreadable },
  {
    what: 'an entity that XML does not know',
    bytes: utf8(right.replace('id="look"', 'id="look" name="&nbsp2;"')).subarray(0, 200),
    ...unreadable,
  },
  {
    what: 'a flow to nowhere',
    bytes: inside('<startEvent id="begin" /><sequenceFlow id="f" sourceRef="begin" targetRef="gone" />'),
    ...unreadable,
  },
  {
    what: 'a process of another language',
    bytes: utf8(right.replace('http://www.omg.org/spec/BPMN/20100524/MODEL', 'http://example.org/MODEL')),
    ...unreadable,
  },
  {
    what: 'a prefix that is not declared',
    bytes: utf8(right.replace('<startEvent', '<other:startEvent')),
    ...unreadable,
  },
  {
    what: 'no process at all',
    bytes: utf8(
      '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="sample-definitions" targetNamespace="x" />',
    ),
    rule: 'one-process',
    element: 'sample-definitions',
  },
  {
    what: 'two processes',
    bytes: utf8(
      right.replace(
        '</definitions>',
        '<process id="more" isExecutable="true" camunda:historyTimeToLive="1" /></definitions>',
      ),
    ),
    rule: 'one-process',
    element: 'sample-definitions',
  },
  { what: 'two roots', bytes: utf8(right + right), ...unreadable },
  {
    what: 'code under the prefix of something harmless',
    bytes: utf8(
      right
        .replace('xmlns:camunda', 'xmlns:bioc')
        .replaceAll('camunda:', 'bioc:')
        .replace('id="look"', 'id="look" bioc:asyncBefore="true"')
        .replace(
          '</userTask>',
          '<extensionElements><bioc:taskListener event="create" class="x.Y" /></extensionElements></userTask>',
        ),
    ),
    rule: 'no-code',
    element: 'look',
  },
  {
    what: 'code in a namespace that is declared again further down',
    bytes: utf8(
      right
        .replace('<userTask', '<userTask xmlns:camunda="http://activiti.org/bpmn"')
        .replace('id="look"', 'id="look" camunda:class="x.Y"'),
    ),
    rule: 'engine-namespaces',
    element: 'look',
  },
  {
    what: 'a class in CDATA and entities',
    bytes: inside(chain(['look', '<serviceTask id="look" camunda:cl&#97;ss="x" />'])),
    ...unreadable,
  },
  {
    what: 'a class whose value is spelt in entities',
    bytes: inside(
      chain([
        'look',
        '<serviceTask id="look" camunda:type="external" camunda:topic="find-holder" camunda:class="&#120;.&#x59;" />',
      ]),
    ),
    rule: 'no-code',
    element: 'look',
  },
  {
    what: 'an expression spelt in entities',
    bytes: utf8(right.replace('id="look"', 'id="look" name="&#36;&#123;a.b()&#125;"')),
    rule: 'allowed-expressions',
    element: 'look',
  },
  {
    what: 'a topic with a zero-width space',
    bytes: inside(
      chain(['look', '<serviceTask id="look" camunda:type="external" camunda:topic="find-holder\u200B" />']),
    ),
    rule: 'known-topics',
    element: 'look',
  },
  {
    what: 'a prototype for an id',
    bytes: inside(
      chain(['__proto__', '<serviceTask id="__proto__" camunda:type="external" camunda:topic="constructor" />']),
    ),
    rule: 'known-topics',
    element: '__proto__',
  },
];
