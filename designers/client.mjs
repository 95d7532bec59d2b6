/**
 * Runs in Camunda Modeler and hands it our rules, for diagrams of Camunda 7. Modeler takes plug-ins from `window.plugins`;
 * source: `camunda-modeler-plugin-helpers`.
 */
import { pluginName, recommended, rules } from './rules.mjs';

const resolver = {
  resolveRule(pkg, name) {
    const rule = pkg === pluginName ? rules[name] : undefined;
    if (rule === undefined) throw new Error(`There is no rule ${pkg}/${name}.`);
    return rule;
  },
  resolveConfig(pkg, name) {
    throw new Error(`There is no configuration ${pkg}/${name}.`);
  },
};

window.plugins ??= [];
window.plugins.push({ plugin: { config: recommended, resolver }, type: 'lintRules.bpmn' });
