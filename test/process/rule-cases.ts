import { readdir } from 'node:fs/promises';
import type { ModelCase } from '../bpmn/model-cases/model-case.js';

/** What a file of `rules/` exports: models that the rule of its name refuses, and models that are right. */
export interface RuleCases {
  readonly rule: string;
  readonly failing: readonly ModelCase[];
  readonly passing: readonly ModelCase[];
}

const folder = new URL('rules/', import.meta.url);

/** The cases of every rule, one file a rule, in alphabetical order. */
export const ruleCases: readonly RuleCases[] = await Promise.all(
  (await readdir(folder)).sort().map(async (name) => {
    const { failing, passing } = (await import(new URL(name, folder).href)) as Omit<RuleCases, 'rule'>;
    return { rule: name.replace(/\.ts$/, ''), failing, passing };
  }),
);
