/**
 * `node tools/import-graph.mjs [--verbose] [FOLDER]`: which rooms of `src/` import which, types included. Prints rooms,
 * arrows, arrows that run up against the order of `eslint.rooms.mjs`, pairs that import each other, and circles of rooms and
 * of files; exits with 1 where an arrow runs up or a circle is left.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { composition, rooms } from '../eslint.rooms.mjs';

const { values, positionals } = parseArgs({ options: { verbose: { type: 'boolean' } }, allowPositionals: true });
const root = resolve(positionals[0] ?? fileURLToPath(new URL('..', import.meta.url)));
const source = join(root, 'src');

/** Programs beside the rooms have no order among themselves, but no circles either. */
const folders = ['src', 'workers', 'launcher', 'print-shop', 'console', 'migrations'];
const files = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(root, folder, name)),
);
const known = new Set(files);
const composing = new Set(composition.map((name) => join(root, name)));
const imports = new Map(files.map((file) => [file, importedBy(file)]));

function importedBy(file) {
  return ts
    .preProcessFile(readFileSync(file, 'utf8'), true, true)
    .importedFiles.flatMap(({ fileName }) =>
      ['.ts', '.tsx'].map((ending) => resolve(dirname(file), fileName.replace(/\.js$/, ending))),
    )
    .filter((target) => known.has(target));
}

const roomOf = (file) => relative(source, file).split(sep)[0];
const inRooms = files.filter((file) => file.startsWith(source + sep) && !composing.has(file));
const arrows = new Map();
for (const file of inRooms) {
  for (const target of imports.get(file)) {
    if (!target.startsWith(source + sep)) continue;
    const [from, to] = [roomOf(file), roomOf(target)];
    if (from === to) continue;
    const at = arrows.get(`${from} → ${to}`) ?? [];
    arrows.set(`${from} → ${to}`, [...at, `${relative(root, file)} → ${relative(root, target)}`]);
  }
}
const ends = [...arrows.keys()].map((arrow) => arrow.split(' → '));
// A room that the list does not know has no place in it, as in a tree from before the rooms.
const up = [...arrows.keys()].filter((arrow) => {
  const [from, to] = arrow.split(' → ').map((room) => rooms.indexOf(room));
  return from >= 0 && to > from;
});
const mutual = ends.filter(([from, to]) => from < to && arrows.has(`${to} → ${from}`));

/** Strongly connected components of more than one node, by Tarjan's algorithm. */
function circles(nodes, next) {
  const found = [];
  const place = new Map();
  const low = new Map();
  const stack = [];
  const visit = (node) => {
    place.set(node, place.size);
    low.set(node, place.get(node));
    stack.push(node);
    for (const target of next(node)) {
      if (!place.has(target)) visit(target);
      if (stack.includes(target)) low.set(node, Math.min(low.get(node), low.get(target)));
    }
    if (low.get(node) !== place.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1) found.push(members);
  };
  for (const node of nodes) if (!place.has(node)) visit(node);
  return found;
}

const names = [...new Set(inRooms.map(roomOf))];
const ofRooms = circles(names, (name) => ends.filter(([from]) => from === name).map(([, to]) => to));
const ofFiles = circles(files, (file) => imports.get(file));
const composed = files
  .filter((file) => composing.has(file))
  .map((file) => `${relative(root, file)} imports ${imports.get(file).length} files`);

console.log(
  `rooms ${names.length} · arrows ${arrows.size} · up ${up.length} · mutual pairs ${mutual.length} · circles of rooms ${ofRooms.length} · circles of files ${ofFiles.length}`,
);
for (const line of composed) console.log(line);
for (const arrow of up) console.log(`up: ${arrow}\n  ${arrows.get(arrow).join('\n  ')}`);
for (const [from, to] of mutual) console.log(`mutual: ${from} ↔ ${to}`);
for (const members of ofRooms) console.log(`circle of rooms: ${members.join(', ')}`);
for (const members of ofFiles)
  console.log(`circle of files: ${members.map((file) => relative(root, file)).join(', ')}`);
if (values.verbose) for (const [arrow, at] of arrows) console.log(`${arrow}\n  ${at.join('\n  ')}`);
if (up.length > 0 || ofRooms.length > 0 || ofFiles.length > 0) process.exitCode = 1;
