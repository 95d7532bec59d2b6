import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SentFile } from './modeler.js';

const folder = fileURLToPath(new URL('../../bpmn/', import.meta.url));

export function shipped(name: string): Promise<string> {
  return readFile(`${folder}${name}`, 'utf8');
}

/**
 * A variant of Request card as a designer makes one: a copy of a shipped diagram under a name of its own.
 * @param change further edits of its XML
 */
export async function variantFrom(
  original: 'with-approval' | 'without-approval',
  variant: string,
  change: (xml: string) => string = (xml) => xml,
): Promise<SentFile> {
  const key = `request-card-${variant}`;
  const xml = (await shipped(`request-card-${original}.bpmn`))
    .replaceAll(`request-card-${original}`, key)
    .replace(`name="variant" value="${original}"`, `name="variant" value="${variant}"`);
  return { name: `${key}.bpmn`, content: change(xml) };
}

/** A shipped diagram with another documentation: a new version that does the same. */
export async function newVersionOf(key: string, note: string): Promise<SentFile> {
  const xml = await shipped(`${key}.bpmn`);
  return { name: `${key}.bpmn`, content: xml.replace(/<bpmn:documentation>/, `<bpmn:documentation>${note} `) };
}
