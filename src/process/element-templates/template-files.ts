import { elementTemplates } from './element-templates.js';

/** The palette as files for `bpmn/.camunda/element-templates`, where Camunda Modeler finds it: contents by name. */
export function templateFiles(): ReadonlyMap<string, string> {
  return new Map(
    elementTemplates().map((template) => [
      `${template.id.replace(/^.*\./, '')}.json`,
      `${JSON.stringify(template, null, 2)}\n`,
    ]),
  );
}
