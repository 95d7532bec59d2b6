/**
 * The tiers of the suite: projects of Jest, in the order in which they run. What a file needs puts it in its tier: the
 * helpers that it imports, itself or through other test code. Only the ordeals are named.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Kills at random, faults of printers, random input, measurements: folders and files that take minutes by nature. */
export const ordeals = [
  'test/api/openapi.test.ts',
  'test/audit/mutations.test.ts',
  'test/bench/',
  'test/deployments/fuzz/',
  'test/launcher/installation.test.ts',
  'test/print-shop/print-shop.test.ts',
  'test/production/batch-chaos.test.ts',
  'test/production/chaos.test.ts',
  'test/production/ipp/ipp-contract.test.ts',
  'test/production/ipp/ipp-faults.test.ts',
  'test/production/ipp/ipp-printing.test.ts',
  'test/production/request-chaos.test.ts',
  'test/production/switching/product.test.ts',
  'test/production/switching/switching.test.ts',
  'test/runtime/chaos.test.ts',
  'test/runtime/crashes.test.ts',
];

/** Needs the built engine host. */
const engineHost = 'test/engine/';
/** Starts an engine, a browser or a program of ours. */
const startsParts = [
  'test/support/engine.ts',
  'test/support/chromium.ts',
  'bench/lib/print-shop-process.ts',
  'test/launcher/support.ts',
];

const startsPostgres = ['test/support/postgres.ts', 'test/support/database.ts'];

type Rule = (path: string, imported: ReadonlySet<string>) => boolean;

/** By name, first to last: does the tier take a file of this path, with these imports? The first that does has it. */
const rules: Readonly<Record<string, Rule>> = {
  ordeals: (path) => ordeals.some((place) => path.startsWith(place)),
  product: (path, imported) => path.startsWith(engineHost) || startsParts.some((helper) => imported.has(helper)),
  database: (_path, imported) => startsPostgres.some((helper) => imported.has(helper)),
  pure: () => true,
};

/** In the order in which they run. */
export const tierNames = Object.keys(rules).reverse();

/** Every test file by its tier, as paths from the root of the project. */
export function filesByTier(): Map<string, string[]> {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name}`)
    .sort();
  return new Map(tierNames.map((tier) => [tier, files.filter((file) => tierOf(file) === tier)]));
}

function tierOf(path: string): string | undefined {
  const imported = importsOf(path);
  return Object.keys(rules).find((name) => rules[name]?.(path, imported));
}

const known = new Map<string, Set<string>>();
const importedFile = /^(?:import|export)\b(?! type\b)[^;]*?from '(\.[^']+)';/gm;

/** Test code that a file imports, at any remove; types are not in the program that runs. */
function importsOf(path: string): ReadonlySet<string> {
  const before = known.get(path);
  if (before !== undefined) return before;
  const all = new Set<string>();
  known.set(path, all);
  for (const [, named = ''] of readFileSync(join(root, path), 'utf8').matchAll(importedFile)) {
    const file = relative(root, resolve(root, dirname(path), named)).replace(/\.js$/, '.ts');
    if (!/^(test|bench)\//.test(file) || !existsSync(join(root, file))) continue;
    all.add(file);
    for (const further of importsOf(file)) all.add(further);
  }
  return all;
}
