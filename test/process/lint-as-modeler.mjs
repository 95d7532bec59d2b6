/**
 * Lints a diagram as Camunda Modeler does: with the plug-in as it registers itself, on a tree of bpmn-moddle. A program of
 * its own, because bpmnlint loads modules in a way that Jest does not know.
 *
 *     node test/process/lint-as-modeler.mjs [--untyped] < DIAGRAM    prints the configuration and the reports as JSON
 */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import vm from 'node:vm';
import { BpmnModdle } from 'bpmn-moddle';
import { Linter } from 'bpmnlint';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json' with { type: 'json' };

const window = {};
vm.runInNewContext(await readFile('designers/bpmnlint-plugin-cards/dist/client.js', 'utf8'), { window });
const { plugin, type } = window.plugins[0];
const { rootElement } = await new BpmnModdle(process.argv.includes('--untyped') ? {} : { camunda }).fromXML(
  await text(process.stdin),
);
const reports = await new Linter(plugin).lint(rootElement);
const found = Object.entries(reports).flatMap(([rule, each]) =>
  each.map(({ id, meta }) => ({ rule, id, url: meta.documentation.url })),
);
process.stdout.write(JSON.stringify({ registered: window.plugins.length, type, config: plugin.config, found }));
