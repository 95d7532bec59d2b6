import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

type Json = any;

const file = fileURLToPath(new URL('../../../src/production/backends/http/print-bureau.openapi.yaml', import.meta.url));

/** The contract with print bureaus. */
export const contract: Json = parse(readFileSync(file, 'utf8'));

/** One call as it went over the wire. */
export interface Exchange {
  readonly method: string;
  /** Below the address of the server, with its query. */
  readonly target: string;
  readonly requestHeaders: Readonly<Record<string, string | string[] | undefined>>;
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined where there was none. */
  readonly responseBody: unknown;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(contract, 'contract');
const compiled = new Map<string, ValidateFunction>();

/** What a value breaks of the schema at a place of the contract. */
function errorsAt(pointer: string, value: unknown): string[] {
  const check = compiled.get(pointer) ?? ajv.compile({ $ref: `contract#${pointer}` });
  compiled.set(pointer, check);
  return check(value)
    ? []
    : (check.errors ?? []).map(({ instancePath, message }) => `${pointer} ${instancePath} ${message}`);
}

/** Follows a reference, and tells where it leads. */
function at(pointer: string): { node: Json; pointer: string } {
  const node = pointer
    .split('/')
    .slice(1)
    .reduce((inside: Json, part) => inside?.[unescape(part)], contract);
  return node?.$ref === undefined ? { node, pointer } : at(node.$ref.slice(1));
}

const escape = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');
const unescape = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** The pointer of the operation that a call is for. */
function operationOf({ method, target }: Exchange, paths: Json): string | null {
  const path = target.split('?')[0] ?? '';
  const names = Object.keys(paths).filter((name) => paths[name][method.toLowerCase()] !== undefined);
  // A path without parameters comes before one that has them.
  const fits = names.sort((one, other) => Number(one.includes('{')) - Number(other.includes('{')));
  const found = fits.find((name) => new RegExp(`^${name.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  return found === undefined ? null : `/paths/${escape(found)}/${method.toLowerCase()}`;
}

/** All that a call breaks of the contract, and the operation and status that it is an example of. */
export function judge(exchange: Exchange, webhook = false): { what: string; errors: string[] } {
  const operation = webhook ? '/webhooks/result/post' : operationOf(exchange, contract.paths);
  if (operation === null)
    return { what: exchange.target, errors: [`${exchange.method} ${exchange.target} is no operation of the contract`] };
  const { node } = at(operation);
  const errors: string[] = [];
  for (const [index] of (node.parameters ?? []).entries()) {
    const parameter = at(`${operation}/parameters/${index}`);
    if (parameter.node.in !== 'header') continue;
    const value = exchange.requestHeaders[parameter.node.name.toLowerCase()];
    if (value === undefined && parameter.node.required) errors.push(`the header ${parameter.node.name} is missing`);
    if (value !== undefined) errors.push(...errorsAt(at(`${parameter.pointer}/schema`).pointer, value));
  }
  if (node.requestBody !== undefined)
    errors.push(
      ...errorsAt(at(`${operation}/requestBody/content/application~1json/schema`).pointer, exchange.requestBody),
    );
  else if (exchange.requestBody !== undefined) errors.push('a body where there is none in the contract');

  const response = at(`${operation}/responses/${exchange.status}`);
  const what = `${node.operationId} ${exchange.status}`;
  if (response.node === undefined) return { what, errors: [...errors, `${what} is not in the contract`] };
  for (const [name, header] of Object.entries<Json>(response.node.headers ?? {})) {
    if (header.required && exchange.responseHeaders[name.toLowerCase()] === undefined)
      errors.push(`the answer has no ${name}`);
  }
  const [type] = Object.keys(response.node.content ?? {});
  if (type === undefined) {
    if (exchange.responseBody !== undefined) errors.push(`${what} has a body`);
  } else {
    if (!String(exchange.responseHeaders['content-type']).startsWith(type)) errors.push(`${what} is not ${type}`);
    errors.push(...errorsAt(at(`${response.pointer}/content/${escape(type)}/schema`).pointer, exchange.responseBody));
  }
  return { what, errors };
}
