import { SaxesParser, type SaxesTagNS } from 'saxes';
import type { Finding } from '../model-checks/rule.js';
import { allowedElements, namespaces, spellings } from './allowed-xml.js';

const rule = 'allowed-xml';
const prefixes: ReadonlyMap<string, string> = new Map(Object.entries(namespaces).map(([prefix, uri]) => [uri, prefix]));
const xmlns = 'http://www.w3.org/2000/xmlns/';
/** Most findings that one file gets. */
const most = 20;

/** An element that is open: where a designer would look for what is wrong in it. */
interface Open {
  /** Name with the prefix of `namespaces`; the file may use another one. */
  readonly name: string;
  readonly owner: string;
  text: string;
}

/**
 * What the XML of a diagram holds beside what is allowed, wherever it is declared. It is read by a parser of its
 * own that keeps to the letter of XML 1.0 and its namespaces, as the engine's does; that of bpmn-moddle does not.
 * @param file name of the file, for findings that belong to no element
 */
export function rawFindings(file: string, xml: string): Finding[] {
  const found: Finding[] = [];
  const open: Open[] = [];
  const owner = () => open.at(-1)?.owner ?? file;
  const complain = (element: string, message: string) => {
    if (found.length < most) found.push({ rule, element, message });
  };
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    complain(
      owner(),
      `This is not well-formed XML (${error.message.replace(/\s+/g, ' ').slice(0, 150)}): save it anew in Camunda Modeler.`,
    );
  });
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0') complain(file, 'Declare XML version 1.0.');
    if (encoding !== undefined && !/^utf-8$/i.test(encoding))
      complain(file, 'Save it as UTF-8 and say so in its first line.');
  });
  parser.on('doctype', () => {
    complain(file, 'A DOCTYPE is not allowed in a diagram. Remove it.');
  });
  parser.on('opentag', (tag) => {
    const name = nameOf(tag.uri, tag.local);
    const id = tag.attributes['id']?.value;
    const holder = name.startsWith('bpmn:') && id !== undefined ? id : owner();
    open.push({ name, owner: holder, text: '' });
    for (const message of complaintsOf(name, tag)) complain(holder, message);
  });
  const add = (text: string) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += text;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const message = textComplaint(closed);
    if (message !== null) complain(closed.owner, message);
  });
  parser.write(xml).close();
  return found;
}

function nameOf(uri: string, local: string): string {
  return `${prefixes.get(uri) ?? `{${uri}}`}:${local}`;
}

function* complaintsOf(name: string, tag: SaxesTagNS): Generator<string> {
  const allowed = allowedElements.get(name);
  if (allowed === undefined) {
    yield `Remove the element ${shown(name)}: it has no place in a diagram.`;
    return;
  }
  for (const { uri, local, value, name: written } of Object.values(tag.attributes)) {
    if (uri === xmlns) {
      if (!prefixes.has(value)) yield `Remove the namespace ${shown(value)}: nothing in a diagram belongs to it.`;
      continue;
    }
    const attribute = uri === '' ? local : nameOf(uri, local);
    if (!allowed.attributes.has(attribute)) {
      yield `Remove the attribute ${shown(written)} of the element ${name}: it has no place there.`;
      continue;
    }
    const spelling = spellings.get(attribute);
    if (spelling !== undefined && !spelling.fits.test(value)) yield `Write ${shown(written)} as ${spelling.cure}.`;
    if (attribute === 'xsi:type' && !/^([\w.-]+:)?tFormalExpression$/.test(value))
      yield `Write ${shown(written)} as bpmn:tFormalExpression, or leave it out.`;
  }
}

function textComplaint({ name, text }: Open): string | null {
  const spelling = spellings.get(name);
  if (spelling !== undefined) return spelling.fits.test(text) ? null : `Write the text of ${name} as ${spelling.cure}.`;
  if (text.trim() === '' || allowedElements.get(name)?.text !== false) return null;
  return `Remove the text ${shown(text.trim())} in the element ${name}: it means nothing there.`;
}

function shown(text: string): string {
  return JSON.stringify(text.length <= 100 ? text : `${text.slice(0, 99)}…`);
}
