import { Variables, type TypedValue } from 'camunda-external-task-client-js';
import type { TopicContract, VariableDeclaration, VariableType } from './contract-types.js';
import { PermanentError } from './outcomes.js';
import type { OutputVariables } from './task-protocol.js';

/** Engine types that may stand for a declared one: numbers that fit are not refused for how a form or script made them. */
const acceptedTypes: Record<VariableType, readonly string[]> = {
  String: ['string'],
  Boolean: ['boolean'],
  Integer: ['integer', 'short', 'long'],
  Long: ['long', 'integer', 'short'],
  Double: ['double', 'integer', 'short', 'long'],
  Date: ['date'],
  Json: ['json'],
};

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isValue: Record<VariableType, (value: unknown) => boolean> = {
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Integer: (value) => Number.isInteger(value) && Math.abs(value as number) <= 2 ** 31 - 1,
  Long: (value) => Number.isSafeInteger(value),
  Double: (value) => typeof value === 'number' && Number.isFinite(value),
  Date: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  Json: (value) => isObject(value) || ['string', 'number', 'boolean'].includes(typeof value),
};

interface Parsed {
  readonly type: VariableType;
  readonly optional: boolean;
  readonly local: boolean;
}

function parse(
  declaration: VariableDeclaration | { readonly type: VariableDeclaration; readonly local: true },
): Parsed {
  const local = typeof declaration !== 'string';
  const text = local ? declaration.type : declaration;
  const optional = text.endsWith('?');
  return { type: (optional ? text.slice(0, -1) : text) as VariableType, optional, local };
}

/**
 * The inputs of a task, checked against its contract.
 * @throws PermanentError naming the variable that is missing or has the wrong type, never its value
 */
export function readInputs(
  contract: TopicContract,
  variables: Readonly<Record<string, TypedValue>>,
): Record<string, unknown> {
  const client = new Variables(variables, { readOnly: true });
  const inputs: Record<string, unknown> = {};
  for (const [name, declaration] of Object.entries(contract.inputs)) {
    inputs[name] = readInput(name, parse(declaration), client);
  }
  return inputs;
}

function readInput(name: string, { type, optional }: Parsed, variables: Variables): unknown {
  let typed: TypedValue | null;
  try {
    typed = variables.getTyped(name);
  } catch (cause) {
    throw new PermanentError(`The input “${name}” cannot be read as ${type}.`, { cause });
  }
  if (typed === null || typed.value === null) {
    if (optional) return null;
    throw new PermanentError(`The input “${name}” is missing.`);
  }
  if (!acceptedTypes[type].includes(typed.type)) {
    throw new PermanentError(`The input “${name}” is of type ${typed.type} instead of ${type}.`);
  }
  if (type !== 'Json' && !isValue[type](typed.value)) {
    throw new PermanentError(`The input “${name}” does not fit ${type}.`);
  }
  return typed.value;
}

/**
 * The outputs of a handler in the engine's terms, checked against its contract: the types of a handler vouch only for
 * code that was compiled against them. An output that the task came with, unchanged, is left out: the engine would write
 * the variable and its history once more for nothing.
 * @param given the variables that the task came with
 * @throws PermanentError naming the variable that is missing, undeclared or of the wrong type
 */
export function writeOutputs(
  contract: TopicContract,
  outputs: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, TypedValue>>,
): OutputVariables {
  for (const [name, declaration] of Object.entries(contract.outputs)) {
    const missing = outputs[name] === undefined || outputs[name] === null;
    if (missing && !parse(declaration).optional) throw new PermanentError(`The output “${name}” is missing.`);
  }
  return writePresent(contract, outputs, given);
}

/**
 * The outputs that go along with a BPMN error: any of the declared ones that are not local.
 * @throws PermanentError as `writeOutputs` does
 */
export function writeErrorOutputs(
  contract: TopicContract,
  outputs: Readonly<Record<string, unknown>>,
): OutputVariables {
  const { process, local } = writePresent(contract, outputs, {});
  if (local !== undefined) throw new PermanentError('A BPMN error cannot carry local variables.');
  return process === undefined ? {} : { process };
}

function writePresent(
  contract: TopicContract,
  outputs: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, TypedValue>>,
): OutputVariables {
  const scopes: { process?: Variables; local?: Variables } = {};
  for (const [name, value] of Object.entries(outputs)) {
    const declaration = Object.hasOwn(contract.outputs, name) ? contract.outputs[name] : undefined;
    if (declaration === undefined) throw new PermanentError(`The output “${name}” is not declared.`);
    if (value === undefined) continue;
    const parsed = parse(declaration);
    const written = writeOutput(name, parsed, value);
    if (!parsed.local && isSame(written, given[name])) continue;
    const scope = (scopes[parsed.local ? 'local' : 'process'] ??= new Variables());
    scope.setTyped(name, written);
  }
  return scopes;
}

/** Whether a variable is there already, type and all. Engine and client word values of other types in ways of their own. */
function isSame(written: TypedValue, given: TypedValue | undefined): boolean {
  return written.type === 'String' && given?.type === 'String' && written.value === given.value;
}

function writeOutput(name: string, { type, optional }: Parsed, value: unknown): TypedValue {
  if (value === null && optional) return { type: 'Null', value: null };
  if (!isValue[type](value)) throw new PermanentError(`The output “${name}” does not fit ${type}.`);
  // The client would send a Json value that is a string as it is, which is not JSON.
  return { type, value: type === 'Json' ? JSON.stringify(value) : value };
}
