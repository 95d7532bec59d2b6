export { checkModels, type Circumstances, type FileFinding, type ModelFile } from './check-models.js';
export type { KnownGroup } from './known-groups.js';
export { readModelFiles } from './model-files.js';
export type { DiagramRule, Finding, FormRule, ModelContext } from './rule.js';
export { diagramRules, formRules, lastRules } from './rules/index.js';
