/**
 * Bundles the administrators' console when its sources have changed: `node launcher/build-console.mjs`, or `buildConsole`
 * from a program. Files are named after their content and lie beside their compressed forms; `manifest.json` is written last and
 * names the ones that the page begins with.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist', 'console');
const assets = join(folder, 'assets');
const manifestFile = join(folder, 'manifest.json');
const stampFile = join(folder, '.inputs.json');

const entry = 'console/main.tsx';

/** What changes the result without being bundled. */
const settings = ['launcher/build-console.mjs', 'console/tsconfig.json', 'package-lock.json'];

/**
 * Makes `dist/console` agree with its sources. Does nothing when it does already, where an installation comes without the
 * sources, or without the bundler but with a console; otherwise takes about a second.
 * @throws Error with one sentence for the person at the command line
 */
export async function buildConsole() {
  if (isCurrent() || !existsSync(join(root, entry))) return;
  const { build } = await import('esbuild').catch((cause) => {
    if (existsSync(manifestFile)) return { build: null };
    throw new Error('The console is not built and its bundler is not installed: run `npm ci` and start again.', {
      cause,
    });
  });
  if (build === null) return;
  const { outputFiles, metafile } = await bundle(build);
  mkdirSync(assets, { recursive: true });
  const written = new Set(outputFiles.flatMap(writeOutput));
  for (const name of readdirSync(assets)) if (!written.has(name)) rmSync(join(assets, name), { force: true });
  const inputs = Object.keys(metafile.inputs).filter((path) => !path.startsWith('node_modules/'));
  writeWhole(manifestFile, JSON.stringify(beginning(metafile)));
  writeWhole(stampFile, JSON.stringify({ inputs, stamp: stampOf(inputs) }));
}

async function bundle(build) {
  try {
    return await build({
      absWorkingDir: root,
      entryPoints: [entry],
      tsconfig: 'console/tsconfig.json',
      outdir: assets,
      entryNames: '[name]-[hash]',
      chunkNames: '[name]-[hash]',
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      target: ['es2022', 'chrome110', 'firefox115', 'safari16'],
      legalComments: 'linked',
      logLevel: 'error',
      metafile: true,
      write: false,
    });
  } catch (cause) {
    throw new Error('The console cannot be bundled: correct what is named above and start again.', { cause });
  }
}

/** The files that the page itself names. */
function beginning({ outputs }) {
  const [path, { cssBundle }] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry);
  return { script: basename(path), style: basename(cssBundle) };
}

/** Writes a file with its compressed forms; what is there already is the same. Returns the names. */
function writeOutput({ path, contents }) {
  const name = basename(path);
  const forms = {
    [name]: () => contents,
    [`${name}.br`]: () => brotliCompressSync(contents),
    [`${name}.gz`]: () => gzipSync(contents, { level: 9 }),
  };
  for (const [form, make] of Object.entries(forms))
    if (!existsSync(join(assets, form))) writeWhole(join(assets, form), make());
  return Object.keys(forms);
}

/** Never leaves half a file, also where two programs build at once. */
function writeWhole(path, content) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, path);
}

function isCurrent() {
  if (!existsSync(stampFile) || !existsSync(manifestFile)) return false;
  const { inputs, stamp } = JSON.parse(readFileSync(stampFile, 'utf8'));
  return inputs.every((path) => existsSync(join(root, path))) && stampOf(inputs) === stamp;
}

/** A new source changes the one that imports it, so those of the last time are enough to look at. */
function stampOf(inputs) {
  const hash = createHash('sha256');
  for (const path of [...settings, ...inputs].filter((each) => existsSync(join(root, each)))) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

if (process.argv[1] !== undefined && relative(process.argv[1], fileURLToPath(import.meta.url)) === '')
  await buildConsole();
