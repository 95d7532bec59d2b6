/** What does not compile: each case is a handler, or a set of them, that breaks its contract. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

const prelude = `
import { businessError, createWorker, done, type Handler, type Handlers } from '../../workers/runtime/index.js';

const contract = {
  register: {
    name: 'Register',
    inputs: { holder: 'String', count: 'Integer', note: 'String?', view: 'Json' },
    outputs: { requestId: 'String', rows: 'Json', at: 'Date?', draft: { type: 'Json', local: true } },
    errors: ['refused', 'changed'],
    retry: { attempts: 3, firstDelayMs: 1_000, maxDelayMs: 60_000 },
    lockMs: 30_000,
  },
  notify: {
    name: 'Notify', inputs: {}, outputs: {}, errors: [],
    retry: { attempts: 3, firstDelayMs: 1_000, maxDelayMs: 60_000 }, lockMs: 30_000,
  },
} as const;
type Register = Handler<typeof contract.register>;
type Notify = Handler<typeof contract.notify>;
export type All = Handlers<typeof contract>;
interface Row { readonly id: string }
const rows: readonly Row[] = [];
declare const register: Register;
declare const notify: Notify;
declare function transaction<R>(work: () => Promise<R>): Promise<R>;
export const used = [businessError, createWorker, done, register, notify, rows, transaction] as const;
`;

const valid: Record<string, string> = {
  'a handler that gives what it has to': `export const handler: Register = async (task) => done({ requestId: task.variables.holder, rows, draft: {} });`,
  'optional outputs given or null': `export const handler: Register = async () => done({ requestId: 'r', rows, draft: [], at: Math.random() > 1 ? new Date() : null });`,
  'a business error with and without outputs': `export const handler: Register = async (task) => {
      if (task.variables.count > 1) return businessError('refused', 'no');
      if (task.variables.note === null) return businessError('changed', 'no', { requestId: 'r' });
      return done({ requestId: 'r', rows, draft: {} });
    };`,
  'outcomes from inside a transaction, a try and a conditional': `export const handler: Register = async (task) => {
      try {
        return await transaction(async () => task.variables.count > 1
          ? done({ requestId: 'r', rows, draft: {} }) : businessError('refused', 'no'));
      } catch {
        return businessError('changed', 'no');
      }
    };`,
  'a worker with a handler for each topic': `export const worker = createWorker({ engineUrl: 'http://127.0.0.1', contract, handlers: { register, notify }, caps: { notify: 2 } });`,
  'handlers written in place': `export const handlers: All = {
      register: async ({ variables }) => done({ requestId: variables.holder, rows: [], draft: {} }),
      notify: async () => done({}),
    };`,
};

/** The snippet, and what the compiler's first error says. */
const invalid: Record<string, readonly [snippet: string, error: string]> = {
  'a topic without a handler': [
    `export const worker = createWorker({ engineUrl: '', contract, handlers: { notify } });`,
    "Property 'register' is missing",
  ],
  'a handler without a topic': [
    `export const worker = createWorker({ engineUrl: '', contract, handlers: { register, notify, other: notify } });`,
    "'other' does not exist",
  ],
  'a handler of another topic': [
    `export const worker = createWorker({ engineUrl: '', contract, handlers: { notify, register: notify } });`,
    "Type 'Notify' is not assignable",
  ],
  'a cap for an unknown topic': [
    `export const worker = createWorker({ engineUrl: '', contract, handlers: { register, notify }, caps: { other: 1 } });`,
    "'other' does not exist",
  ],
  'a handler without a result': [`export const handler: Notify = async () => {};`, "Type 'void' is not assignable"],
  'a path without a result': [
    `export const handler: Notify = async (task) => { if (task.id !== '') return done({}); };`,
    "Type 'undefined' is not assignable",
  ],
  'an undeclared output': [
    `export const handler: Register = async () => done({ requestId: 'r', rows, draft: {}, extra: 1 });`,
    "'extra' does not exist",
  ],
  'an undeclared output where there are none': [
    `export const handler: Notify = async () => done({ extra: 1 });`,
    "Type 'number' is not assignable to type 'never'",
  ],
  'an undeclared output inside a transaction': [
    `export const handler: Notify = async () => transaction(async () => done({ extra: 1 }));`,
    "Type 'number' is not assignable to type 'never'",
  ],
  'a missing output': [
    `export const handler: Register = async () => done({ rows, draft: {} });`,
    "Property 'requestId' is missing",
  ],
  'an output of the wrong type': [
    `export const handler: Register = async () => done({ requestId: 1, rows, draft: {} });`,
    "Type 'number' is not assignable to type 'string'",
  ],
  'null for an output that is not optional': [
    `export const handler: Register = async () => done({ requestId: 'r', rows: null, draft: {} });`,
    "Type 'null' is not assignable",
  ],
  'an undeclared BPMN error code': [
    `export const handler: Register = async () => businessError('other', 'no');`,
    `Argument of type '"other"' is not assignable`,
  ],
  'a BPMN error code where there are none': [
    `export const handler: Notify = async () => businessError('refused', 'no');`,
    `Argument of type '"refused"' is not assignable to parameter of type 'never'`,
  ],
  'an undeclared output of a business error': [
    `export const handler: Register = async () => businessError('refused', 'no', { extra: 1 });`,
    "'extra' does not exist",
  ],
  'a local output of a business error': [
    `export const handler: Register = async () => businessError('refused', 'no', { draft: {} });`,
    "'draft' does not exist",
  ],
  'an undeclared input': [
    `export const handler: Register = async (task) => done({ requestId: task.variables.other, rows, draft: {} });`,
    "Property 'other' does not exist",
  ],
  'an optional input that is not checked for null': [
    `export const handler: Register = async (task) => done({ requestId: task.variables.note, rows, draft: {} });`,
    "Type 'string | null' is not assignable",
  ],
  'a Json input whose shape nobody has checked': [
    `export const handler: Register = async (task) => done({ requestId: task.variables.view.id, rows, draft: {} });`,
    "is of type 'unknown'",
  ],
};

/** The example of the runtime's README, which has to be true. */
function readmeExample(): string {
  const text = readFileSync(`${root}workers/runtime/README.md`, 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(text) ?? [];
  const missing = 'declare function reserve(article: string, amount: number): Promise<boolean>;';
  return code.replace('./runtime/index.js', '../../workers/runtime/index.js') + missing;
}

/** The errors of each snippet, compiled with the project's own options. */
function compile(snippets: Record<string, string>): Map<string, string[]> {
  const files = new Map(
    Object.entries(snippets).map(([name, code], index) => [
      `${root}test/runtime/snippet-${index}.ts`,
      { name, text: code },
    ]),
  );
  const config = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.convertCompilerOptionsFromJson(
    (config.config as { compilerOptions: object }).compilerOptions,
    root,
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => files.get(path)?.text ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  const clientTypes = `${root}workers/runtime/camunda-external-task-client-js.d.ts`;
  const program = ts.createProgram([...files.keys(), clientTypes], options, host);
  return new Map(
    [...files].map(([path, { name }]) => {
      const source = program.getSourceFile(path);
      const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [name, diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}

const snippets = [
  ...Object.entries(valid),
  ...Object.entries(invalid).map(([name, [snippet]]) => [name, snippet] as const),
];
const errors = compile({
  ...Object.fromEntries(snippets.map(([name, snippet]) => [name, prelude + snippet])),
  'the example of the README': readmeExample(),
});

test.each([...Object.keys(valid), 'the example of the README'])('compiles: %s', (name) => {
  expect(errors.get(name)).toEqual([]);
});

test.each(Object.keys(invalid))('does not compile: %s', (name) => {
  expect(errors.get(name)?.[0]).toContain(invalid[name]?.[1]);
});
