/**
 * Lets plain Node run our TypeScript, as Jest does: `node --import ./test/support/typescript-loader.mjs bench/x.ts`.
 * Types are only stripped; `npm run types` is what checks them.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

// Hooks are loaded in a thread of their own, by the address that tells them from the program's; worker threads of the
// program register them anew.
if (!import.meta.url.endsWith('?hooks')) register(`${import.meta.url}?hooks`);

/** Sources import `./x.js`, as the compiled program does; uncompiled there is only `./x.ts`. */
export function resolve(specifier, context, nextResolve) {
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return nextResolve(source.href, context);
  }
  return nextResolve(specifier, context);
}

export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    sourceMaps: 'inline',
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022', experimental: { keepImportAttributes: true } },
    module: { type: 'es6' },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
