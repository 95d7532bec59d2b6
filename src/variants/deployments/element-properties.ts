import type { ModdleElement } from 'bpmn-moddle';

/** Children that are elements of their own, or say again what a sequence flow says. */
const notOwn = new Set(['flowElements', 'incoming', 'outgoing', 'id', '$type', '$parent', '$attrs', 'di']);
/** References that a diagram draws; the parser keeps them out of sight. */
const references = ['sourceRef', 'targetRef', 'attachedToRef', 'default', 'messageRef', 'errorRef', 'signalRef'];

/**
 * The properties of an element by names that a person understands, nested ones included: `name`, `topic`,
 * `input parameter requestedState`, `property check`. Two of one name are numbered.
 */
export function describeProperties(element: ModdleElement): Map<string, string> {
  const found = new Map<string, string>();
  collect(element, '', found);
  return found;
}

function collect(element: ModdleElement, prefix: string, found: Map<string, string>): void {
  const foreign: object = element['$attrs'] ?? {};
  for (const [key, value] of [...Object.entries(element), ...Object.entries(foreign), ...referenced(element)]) {
    if (notOwn.has(key) || (prefix !== '' && key === nameOf(element)?.key)) continue;
    for (const each of [value].flat()) {
      if (isElement(each)) collect(each, nested(prefix, key, each), found);
      else if (['string', 'number', 'boolean'].includes(typeof each)) put(found, leafName(prefix, key), String(each));
    }
  }
}

function referenced(element: ModdleElement): [string, string][] {
  return references.flatMap((name): [string, string][] => {
    const target = element[name];
    const id = isElement(target) ? target['id'] : null;
    return typeof id === 'string' ? [[name, id]] : [];
  });
}

/** Frames such as `extensionElements` and `inputOutput` say nothing; what has a name is known by it. */
function nested(prefix: string, key: string, element: ModdleElement): string {
  const type = element.$type.replace(/^.*:/, '');
  const named = nameOf(element);
  if (named !== null) return `${words(type)} ${named.value}`;
  if (['ExtensionElements', 'InputOutput', 'Properties'].includes(type)) return prefix;
  return words(type === 'FormalExpression' ? key : type);
}

/** What distinguishes an element among its like. */
function nameOf(element: ModdleElement): { key: string; value: string } | null {
  for (const key of ['name', 'target']) {
    const value = element[key];
    if (typeof value === 'string' && value !== '') return { key, value };
  }
  return null;
}

/** The value of something that has a name needs no name of its own. */
function leafName(prefix: string, key: string): string {
  const name = words(key.replace(/^.*:/, ''));
  if (prefix === '') return name;
  return ['value', 'definition', 'body', 'text'].includes(name) ? prefix : `${prefix}: ${name}`;
}

function put(found: Map<string, string>, name: string, value: string): void {
  let free = name;
  for (let next = 2; found.has(free); next += 1) free = `${name} (${next})`;
  found.set(free, value);
}

function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function isElement(value: unknown): value is ModdleElement {
  return typeof value === 'object' && value !== null && '$type' in value;
}
