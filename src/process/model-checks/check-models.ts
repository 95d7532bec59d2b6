import { extname, parse as parsePath } from 'node:path';
import type { ModdleElement } from 'bpmn-moddle';
import { parseDefinitions } from '../diagram.js';
import { rawFindings } from '../raw-xml/raw-findings.js';
import type { FormModel } from './form-model.js';
import { KnownGroups, type KnownGroup } from './known-groups.js';
import { ModelSet } from './model-set.js';
import { parseForm } from './parse-form.js';
import type { DiagramRule, Finding, FormRule, ModelContext, Rule } from './rule.js';
import { diagramRules, formRules, lastRules } from './rules/index.js';

/** A diagram (`….bpmn`) or form (`….form`) as it would be deployed; other files are not looked at. */
export interface ModelFile {
  readonly name: string;
  readonly content: string;
}

/** What models are judged by beside the contract. */
export interface Circumstances {
  /**
   * Names of the files that the judgement is about, where others stand around them; all unless given. What is wrong with the others, and was
   * taken by an earlier release, must not keep these from being judged in full.
   */
  readonly about?: ReadonlySet<string>;
  /** Groups of the organisation's own, beside those of the product's roles. */
  readonly ownGroups?: readonly KnownGroup[];
}

export interface FileFinding extends Finding {
  /** Name of the file as it was given. */
  readonly file: string;
}

/**
 * Checks diagrams and forms against the contract and against each other; none of them has to be well-formed. Entry
 * processes and their variants have to be given together: errors and inputs are followed from one to the other. As long
 * as a file cannot be read the others cannot be judged by it, so only that is reported; where a card is led to is reported when
 * nothing else is wrong with the files that it is about.
 * @returns what is wrong, by file in the order given; nothing when all may be deployed
 */
export async function checkModels(
  files: readonly ModelFile[],
  { about = new Set(files.map(({ name }) => name)), ownGroups = [] }: Circumstances = {},
): Promise<FileFinding[]> {
  const parsed = await Promise.all(files.map(parse));
  const unreadable = parsed.flatMap((each) => each.unreadable);
  if (unreadable.length > 0) return unreadable;
  const models = new ModelSet(
    parsed.flatMap(({ definitions }) => definitions ?? []),
    new Map(parsed.flatMap(({ form }) => (form === null ? [] : [[form.id, form]]))),
    new KnownGroups(ownGroups),
  );
  const findings = judged(parsed, models, diagramRules, formRules);
  if (findings.some(({ file }) => about.has(file))) return findings;
  // The rules have better words for most of what has no place in a diagram.
  return [...findings, ...files.flatMap(rawly), ...judged(parsed, models, lastRules, [])];
}

function rawly({ name: file, content }: ModelFile): FileFinding[] {
  if (extname(file) !== '.bpmn') return [];
  return rawFindings(parsePath(file).name, content).map((finding) => ({ file, ...finding }));
}

function judged(
  parsed: readonly ParsedFile[],
  models: ModelSet,
  forDiagrams: readonly DiagramRule[],
  forForms: readonly FormRule[],
): FileFinding[] {
  return parsed.flatMap(({ file, definitions, form }) => {
    const context = { name: parsePath(file).name, models };
    const findings = [...applied(forDiagrams, definitions, context), ...applied(forForms, form, context)];
    return findings.map((finding) => ({ file, ...finding }));
  });
}

interface ParsedFile {
  readonly file: string;
  readonly definitions: ModdleElement | null;
  readonly form: FormModel | null;
  readonly unreadable: readonly FileFinding[];
}

async function parse({ name: file, content }: ModelFile): Promise<ParsedFile> {
  const nothing: ParsedFile = { file, definitions: null, form: null, unreadable: [] };
  try {
    if (extname(file) === '.bpmn') return { ...nothing, definitions: await parseDefinitions(content) };
    if (extname(file) === '.form') return { ...nothing, form: parseForm(content) };
    return nothing;
  } catch (raw) {
    const message = raw instanceof Error ? raw.message : String(raw);
    return { ...nothing, unreadable: [{ file, rule: 'readable-file', element: parsePath(file).name, message }] };
  }
}

function applied<Model>(rules: readonly Rule<Model>[], model: Model | null, context: ModelContext): Finding[] {
  return model === null ? [] : rules.flatMap((rule) => rule.check(model, context));
}
