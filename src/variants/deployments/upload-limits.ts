import type { FileFinding, ModelFile } from '../../process/model-checks/index.js';

/** What the gate reads at all; far above what people draw, far below what keeps a machine busy. */
export const uploadLimits = {
  files: 40,
  fileBytes: 1_000_000,
  bytes: 4_000_000,
  /** Opening and closing tags of one diagram, those of its picture included. */
  tags: 12_000,
  depth: 60,
} as const;

const fileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.(bpmn|form)$/;

/** Whether a file may be called that: a diagram or form, without a path. */
export function isFileName(name: string): boolean {
  return fileName.test(name) && !name.includes('..');
}

/**
 * The text of an uploaded file, or null where it is not UTF-8. The engine reads a file as it declares itself, we read
 * it as UTF-8: a file has to be the same to both. A byte order mark in front is left out; what is judged and deployed is
 * the text without it.
 */
export function readText(bytes: Uint8Array): string | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/i.exec(text)?.[1];
  const isUtf8 = declared === undefined || /^utf-?8$/i.test(declared);
  return isUtf8 && !/^\uFEFF|[\u0000\uFFFE\uFFFF]/.test(text) ? text : null;
}

/** What a parser should not even be given: too many elements, nested too deeply. */
export function unreadable({ name, content }: ModelFile): FileFinding[] {
  if (!name.endsWith('.bpmn')) return [];
  const complaint = shapeComplaint(content);
  if (complaint === null) return [];
  return [{ file: name, rule: 'readable-file', element: name.replace(/\.bpmn$/, ''), message: complaint }];
}

function shapeComplaint(xml: string): string | null {
  let tags = 0;
  let depth = 0;
  for (const [token] of xml.matchAll(/<\/|\/>|<[A-Za-z_]/g)) {
    if (token !== '/>') tags += 1;
    depth += token.startsWith('<') && token !== '</' ? 1 : -1;
    if (tags > uploadLimits.tags) return `It has more than ${uploadLimits.tags} tags: split it into called processes.`;
    if (depth > uploadLimits.depth) return `It is nested more than ${uploadLimits.depth} levels deep: draw it flatter.`;
  }
  return null;
}
