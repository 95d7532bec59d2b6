import { bpmnlintRules } from '../src/process/model-checks/bpmnlint.ts';
import plugin from './bpmnlint-plugin-cards/package.json' with { type: 'json' };

export const pluginName = plugin.name;

export const rules = bpmnlintRules(plugin.homepage);

/** All of them, as errors: there is no rule of ours that a diagram may break. */
export const recommended = {
  rules: Object.fromEntries(Object.keys(rules).map((rule) => [`cards/${rule}`, 'error'])),
};
