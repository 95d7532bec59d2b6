import { z } from 'zod';
import type { CardElements, CardJob } from '../../cards/card-job.js';
import type { BackendSecrets } from '../../kernel/config.js';
import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import type { Route } from '../../web/route.js';
import type { BackendRow } from '../production-types.js';
import type { ProductionBackend } from './backend.js';

/**
 * One kind of card production backend, whole: adapter, settings, texts and form derive from it. A further kind is one folder
 * with such a description, and its line in `kinds.ts`.
 */
export interface BackendKind {
  /** How rows and the API name it; never changes. */
  readonly kind: string;
  /** What people call it, for example `print bureau (HTTP)`. */
  readonly name: string;
  /** What its settings have to be. The members registered in `settingTexts` have a field in the form, in their order. */
  readonly settings: z.ZodObject;
  /** What the file of `BACKEND_SECRETS_FILE` may hold for a backend of this kind, by name. */
  readonly secrets: Readonly<Record<string, SecretTexts>>;
  /** What its adapter cannot make with any settings. */
  readonly limits?: OrderLimits;
  /**
   * Makes the adapter of a row.
   * @param secrets of this backend, by name
   * @throws Error when settings or secrets cannot be used
   */
  readonly create: (row: BackendRow, secrets: Readonly<Record<string, string>>) => ProductionBackend;
  /** Operations by which backends of this kind call us. */
  readonly routes?: (deps: KindRoutesDeps) => Route[];
}

export interface SecretTexts {
  readonly purpose: string;
  /** The backend is sent it, so it belongs to the origins of the backend's addresses. */
  readonly sent: boolean;
}

export interface KindRoutesDeps {
  readonly db: Knex;
  readonly log: Logger;
  /** Of every backend. */
  readonly secrets: BackendSecrets;
}

/** What the adapters of a kind can make of a card. */
export interface OrderLimits {
  /** Why it cannot encode chips, and what to do instead; absent where it can. */
  readonly noChips?: string;
  /** Most characters of an element. */
  readonly longest?: Readonly<Partial<Record<keyof CardElements, number>>>;
}

/**
 * Makes the adapter of a row, which refuses the cards that its kind can never make.
 * @param secrets of this backend, by name
 * @throws Error when settings or secrets cannot be used
 */
export function makeBackend(
  kind: BackendKind,
  row: BackendRow,
  secrets: Readonly<Record<string, string>>,
): ProductionBackend {
  const { create, limits } = kind;
  const elsewhere = originsOf(kind, row.settings).filter(
    (origin) => statedOrigins(secrets)?.includes(origin) === false,
  );
  if (elsewhere.length > 0)
    throw new Error(`the file of BACKEND_SECRETS_FILE holds no secret of ${row.id} for ${elsewhere.join(', ')}`);
  const backend = create(row, secrets);
  if (limits === undefined) return backend;
  const prepare = backend.prepare.bind(backend);
  return Object.assign(backend, {
    prepare: async (job: CardJob) => {
      assertWithinLimits(limits, job);
      return prepare(job);
    },
  });
}

/** @throws ProductError `production-refused` */
function assertWithinLimits({ noChips, longest = {} }: OrderLimits, { chip, elements }: CardJob): void {
  if (chip && noChips !== undefined) throw new ProductError('production-refused', noChips);
  for (const [element, most] of Object.entries(longest)) {
    const value = elements[element as keyof CardElements];
    if (value !== null && Array.from(value).length > most)
      throw new ProductError(
        'production-refused',
        `${element} has more than the ${most} characters that the backend takes: shorten it and request the card again.`,
      );
  }
}

/** How people see a setting. */
export interface SettingTexts {
  readonly label: string;
  readonly hint?: string;
  /** Of a setting with few values: what each is called. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Text of several lines. */
  readonly long?: true;
  /** A place that the backend is called at. */
  readonly address?: true;
  /** A key by which the backend is recognised, or by which things are sealed for it: another one has to be confirmed. */
  readonly key?: true;
}

/** The texts of settings that have a field; a setting that is not registered only tunes, and stays as the API set it. */
export const settingTexts = z.registry<SettingTexts>();

/** How a field of the form takes a setting. */
export const settingInputs = ['text', 'number', 'long', 'json', 'check', 'choice'] as const;

/** A setting as a form shows it. */
export interface SettingField {
  /** Its path in the settings, such as `delivery.method`. */
  readonly name: string;
  readonly label: string;
  readonly hint: string | null;
  readonly input: (typeof settingInputs)[number];
  readonly required: boolean;
  /** A place that the backend is called at. */
  readonly address: boolean;
  /** A key: another one has to be confirmed. */
  readonly key: boolean;
  readonly choices: readonly { readonly value: string; readonly text: string }[];
}

/** The settings of a kind that have a field, in their order. */
export function settingFields({ settings }: BackendKind): SettingField[] {
  return fieldsOf(settings, []);
}

function fieldsOf(settings: z.ZodObject, path: readonly string[]): SettingField[] {
  return Object.entries(settings.shape).flatMap(([name, schema]) => {
    const type = withoutWrapping(schema as z.ZodType);
    const texts = settingTexts.get(schema as z.ZodType);
    const place = [...path, name];
    if (texts === undefined) return type instanceof z.ZodObject ? fieldsOf(type, place) : [];
    const { label, hint = null, choices = {}, address = false, key = false } = texts;
    return [
      {
        name: place.join('.'),
        label,
        hint,
        input: inputOf(type, texts),
        required: !(schema as z.ZodType).safeParse(undefined).success,
        address,
        key,
        choices: Object.entries(choices).map(([value, text]) => ({ value, text })),
      },
    ];
  });
}

/** What is inside defaults and the like. */
function withoutWrapping(schema: z.ZodType): z.ZodType {
  const { def } = schema as { readonly def?: { readonly innerType?: z.ZodType } };
  return def?.innerType === undefined ? schema : withoutWrapping(def.innerType);
}

function inputOf(type: z.ZodType, { long, choices }: SettingTexts): SettingField['input'] {
  if (choices !== undefined) return 'choice';
  if (type instanceof z.ZodBoolean) return 'check';
  if (type instanceof z.ZodNumber) return 'number';
  if (type instanceof z.ZodString) return long === true ? 'long' : 'text';
  return 'json';
}

/** The setting at a path of names joined by dots; undefined where there is none. */
export function readSetting(settings: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => (isRecord(value) ? value[part] : undefined), settings);
}

/** Sets what is at a path that exists. */
export function writeSetting(settings: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', ...rest] = path.split('.');
  const inner = settings[first];
  if (rest.length === 0) settings[first] = value;
  else if (isRecord(inner)) writeSetting(inner, rest.join('.'), value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The addresses among the settings of a backend. */
export function addressesOf(
  kind: BackendKind,
  settings: unknown,
): { readonly name: string; readonly address: string }[] {
  return settingFields(kind).flatMap(({ name, address: isAddress }) => {
    const address = readSetting(settings, name);
    return isAddress && typeof address === 'string' ? [{ name, address }] : [];
  });
}

/** Scheme, host and port of each place that a backend is called at. */
export function originsOf(kind: BackendKind, settings: unknown): string[] {
  const origins = addressesOf(kind, settings).flatMap(({ address }) => {
    if (!URL.canParse(address)) return [];
    const { protocol, host } = new URL(address);
    return host === '' ? [] : [`${protocol}//${host.toLowerCase()}`];
  });
  return [...new Set(origins)];
}

/** Names of the given secrets that the backend is sent. */
export function sentSecrets({ secrets }: BackendKind, given: Readonly<Record<string, string>>): string[] {
  return Object.keys(secrets).filter((name) => secrets[name]?.sent === true && given[name] !== undefined);
}

/** The origins that the file of secrets names for a backend, as `"origin": "https://a.example https://b.example"`; null where it names none. */
export function statedOrigins({ origin }: Readonly<Record<string, string>>): readonly string[] | null {
  return origin === undefined
    ? null
    : origin
        .trim()
        .toLowerCase()
        .split(/\s+/)
        .map((each) => each.replace(/\/$/, ''));
}
