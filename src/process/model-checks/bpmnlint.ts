import type { ModdleElement } from 'bpmn-moddle';
import { executableProcesses, idOf } from './elements.js';
import { KnownGroups } from './known-groups.js';
import { ModelSet } from './model-set.js';
import type { DiagramRule, ModelContext } from './rule.js';
import { diagramRules, lastRules } from './rules/index.js';

/** A rule as bpmnlint wants it; source: `lib/types.js` of bpmnlint 11. */
export interface LintRule {
  check(node: ModdleElement, reporter: LintReporter): void;
  readonly meta: { readonly documentation: { readonly url: string } };
}

export interface LintReporter {
  report(id: string, message: string): void;
}

/** Our rules about diagrams for bpmnlint, by their ids. Each judges one diagram by itself: see `ModelSet.whole`. */
export function bpmnlintRules(docs: string): Readonly<Record<string, () => LintRule>> {
  return Object.fromEntries([
    ...diagramRules.map((rule) => [rule.id, asLintRule(rule, [], docs)] as const),
    ...lastRules.map((rule) => [rule.id, asLintRule(rule, diagramRules, docs)] as const),
  ]);
}

/**
 * @param before rules that a diagram has to keep to before this one can judge it
 * @param docs address of the folder in which each rule has its page
 */
function asLintRule(rule: DiagramRule, before: readonly DiagramRule[], docs: string): () => LintRule {
  return () => ({
    check(node, reporter) {
      if (node.$type !== 'bpmn:Definitions' || !isRead(node)) return;
      // A modelling tool changes the tree it hands out, so nothing about it is kept for the next rule.
      const [process] = executableProcesses(node);
      const models = new ModelSet([node], new Map(), new KnownGroups(null), false);
      const context: ModelContext = { name: process === undefined ? '' : idOf(process), models };
      if (before.some((each) => each.check(node, context).length > 0)) return;
      for (const { element, message } of rule.check(node, context)) reporter.report(element, message);
    },
    meta: { documentation: { url: `${docs}/${rule.id}.md` } },
  });
}

/**
 * False for a tree that was read without knowing the engine's own attributes and elements. Camunda Modeler does so with
 * a file that it has not opened yet, and lints again as soon as it has.
 */
function isRead(definitions: ModdleElement): boolean {
  const [process] = executableProcesses(definitions);
  const descriptor = process?.['$descriptor'] as { readonly propertiesByName: object } | undefined;
  return descriptor === undefined || 'camunda:historyTimeToLive' in descriptor.propertiesByName;
}
