import type { ModdleElement } from 'bpmn-moddle';
import { elementOf, elementsOf } from '../model-checks/elements.js';

/** A text attribute or body as it is written, the empty one included; undefined where there is none. */
export function own(element: ModdleElement, name: string): string | undefined {
  const value = element.get(name);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** A list as the engine takes it apart: a comma inside an expression is no separator. */
export function commaSeparated(text: string | undefined): string[] {
  const parts: string[] = [];
  let part = '';
  let inside = false;
  for (const character of text ?? '') {
    if (character === '{' || character === '$') inside = true;
    else if (character === '}') inside = false;
    if (character === ',' && !inside) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return part === '' ? parts : [...parts, part.trim()];
}

/** All documentation of an element as one text. */
export function documentation(element: ModdleElement): string | undefined {
  const texts = elementsOf(element, 'documentation').map((each) => (own(each, 'text') ?? '').trim());
  return texts.length === 0 ? undefined : texts.join('\n\n');
}

/** An input or output parameter. */
export function mappingText(parameter: ModdleElement): string {
  const value = elementOf(parameter, 'definition') === null ? (own(parameter, 'value') ?? '').trim() : 'a list or map';
  return `${own(parameter, 'name') ?? ''} = ${value}`;
}
