import { diff } from 'bpmn-js-differ';
import type { ModdleElement } from 'bpmn-moddle';
import { flowElements, parseDefinitions } from '../../process/diagram.js';
import { describeProperties } from './element-properties.js';

/** One element of a diagram. */
export interface DiffElement {
  readonly id: string;
  readonly name: string | null;
  /** As BPMN calls it, without its prefix: `userTask`. */
  readonly type: string;
}

export interface ChangedElement extends DiffElement {
  /** One sentence a property: `input parameter requestedState: "requested" became "approved"`. */
  readonly changes: readonly string[];
}

/** What distinguishes two versions of a diagram. */
export interface DiagramDiff {
  readonly added: readonly DiffElement[];
  readonly removed: readonly DiffElement[];
  readonly changed: readonly ChangedElement[];
  /** Moved or resized, which changes nothing that happens. */
  readonly layoutChanged: readonly DiffElement[];
}

/**
 * Compares two diagrams by meaning, also those of two processes. What was added, removed and moved is found by bpmn-js-differ; properties are compared
 * here, since it passes over extension elements, where inputs, forms' checks and properties are.
 * @throws DiagramError when one of them cannot be read
 */
export async function diffDiagrams(before: string, after: string): Promise<DiagramDiff> {
  const [old, young] = await Promise.all([parseDefinitions(before), parseDefinitions(after)]);
  callAlike(old, young);
  const { _added, _removed, _layoutChanged } = diff(old, young);
  const olds = elementsById(old);
  const changed = [...elementsById(young)].flatMap(([id, element]) => {
    const former = olds.get(id);
    const changes = former === undefined ? [] : propertyChanges(former, element);
    return changes.length === 0 ? [] : [{ ...described(id, element), changes }];
  });
  const list = (elements: Readonly<Record<string, ModdleElement>>) =>
    Object.entries(elements).map(([id, element]) => described(id, element));
  return { added: list(_added), removed: list(_removed), changed, layoutChanged: list(_layoutChanged) };
}

/** True where nothing that happens has changed. */
export function isSameMeaning({ added, removed, changed }: DiagramDiff): boolean {
  return added.length + removed.length + changed.length === 0;
}

/** Two processes are distinguished by their ids, and then nothing inside them is compared: both get the same one. */
function callAlike(old: ModdleElement, young: ModdleElement): void {
  const [one, other] = [old, young].map((definitions) =>
    rootsOf(definitions).find(({ $type }) => $type === 'bpmn:Process'),
  );
  if (one !== undefined && other !== undefined) Object.assign(other, { id: one['id'] });
}

function elementsById(definitions: ModdleElement): Map<string, ModdleElement> {
  const all = rootsOf(definitions).flatMap((root) => [root, ...flowElements(root)]);
  return new Map(all.flatMap((element) => (typeof element['id'] === 'string' ? [[element['id'], element]] : [])));
}

function rootsOf(definitions: ModdleElement): ModdleElement[] {
  return (definitions['rootElements'] ?? []) as ModdleElement[];
}

function propertyChanges(before: ModdleElement, after: ModdleElement): string[] {
  const [old, young] = [describeProperties(before), describeProperties(after)];
  const names = [...new Set([...old.keys(), ...young.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [old.get(name), young.get(name)];
    if (was === is) return [];
    if (was === undefined) return [`${name}: ${quoted(is)} was added`];
    return [is === undefined ? `${name}: ${quoted(was)} was removed` : `${name}: ${quoted(was)} became ${quoted(is)}`];
  });
}

function described(id: string, element: ModdleElement): DiffElement {
  const name: unknown = element['name'];
  const type = element.$type.replace(/^.*:/, '');
  return {
    id,
    name: typeof name === 'string' && name !== '' ? name : null,
    type: type.charAt(0).toLowerCase() + type.slice(1),
  };
}

function quoted(text: string | undefined): string {
  const short = (text ?? '').length > 200 ? `${(text ?? '').slice(0, 199)}…` : (text ?? '');
  return JSON.stringify(short);
}
