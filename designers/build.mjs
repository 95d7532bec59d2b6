/** `npm run designers`: builds the plug-in for bpmnlint and Camunda Modeler from the rules that the deploy gate applies. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = new URL('.', import.meta.url);
const output = new URL('bpmnlint-plugin-cards/dist/', here);
const path = (name, base = here) => fileURLToPath(new URL(name, base));
const options = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning' };
const bundle = (source, target, how) =>
  build({ ...options, ...how, entryPoints: [path(source)], outfile: path(target, output) });

await rm(output, { recursive: true, force: true });
await bundle('client.mjs', 'client.js', { format: 'iife', target: 'es2022' });
await bundle('rules.mjs', 'rules.js', { format: 'cjs', platform: 'node', target: 'node20' });

// bpmnlint looks up each rule in a file of its own, by the paths that the package names.
const { rules } = createRequire(import.meta.url)(path('rules.js', output));
await mkdir(new URL('rules/', output));
await Promise.all(
  Object.keys(rules).map((rule) =>
    writeFile(new URL(`rules/${rule}.js`, output), `module.exports = require('../rules.js').rules['${rule}'];\n`),
  ),
);
const index = Object.fromEntries(Object.keys(rules).map((rule) => [rule, `./rules/${rule}.js`]));
await writeFile(
  new URL('index.js', output),
  `exports.configs = { recommended: require('./rules.js').recommended };\nexports.rules = ${JSON.stringify(index, null, 2)};\n`,
);
