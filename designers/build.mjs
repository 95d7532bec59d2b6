/** `npm run designers`: builds the plug-in for bpmnlint and Camunda Modeler from the rules that the deploy gate applies. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = new URL('.', import.meta.url);
const output = new URL('bpmnlint-plugin-cards/dist/', here);
const path = (name, base = here) => fileURLToPath(new URL(name, base));
const options = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning' };

await rm(output, { recursive: true, force: true });
await build({ ...options, entryPoints: [path('client.mjs')], outfile: path('client.js', output), format: 'iife', target: 'es2022' });
await build({ ...options, entryPoints: [path('rules.mjs')], outfile: path('rules.js', output), format: 'cjs', platform: 'node', target: 'node20' });

// bpmnlint looks up each rule in a file of its own, by the paths that the package names.
const { rules } = createRequire(import.meta.url)(path('rules.js', output));
await mkdir(new URL('rules/', output));
await Promise.all(
  Object.keys(rules).map((rule) => writeFile(new URL(`rules/${rule}.js`, output), `module.exports = require('../rules.js').rules['${rule}'];\n`)),
);
const index = Object.fromEntries(Object.keys(rules).map((rule) => [rule, `./rules/${rule}.js`]));
const module = `exports.configs = { recommended: require('./rules.js').recommended };\nexports.rules = ${JSON.stringify(index, null, 2)};\n`;
await writeFile(new URL('index.js', output), module);
