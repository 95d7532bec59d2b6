import type { BackendBody } from '../../../src/production/backends/administration/backend-routes.js';
import { numberOf, type Draft } from '../../ui/record-form.js';
import type { backendTexts } from './backend-texts.js';

type SettingName = keyof typeof backendTexts.settings;

/** A setting as a field shows it; what it may be is the business of the backend's adapter, which refuses the rest. */
export interface Setting {
  /** Its path in the settings. */
  readonly name: SettingName;
  readonly input: 'text' | 'number' | 'long' | 'json' | 'check' | 'choice';
  readonly required?: true;
}

/** The settings of each kind that people set; those that only tune stay as the API set them. */
export const settingsOf: Readonly<Record<BackendBody['kind'], readonly Setting[]>> = {
  http: [
    { name: 'url', input: 'text', required: true },
    { name: 'publicKey', input: 'json' },
    { name: 'printsLetters', input: 'check' },
    { name: 'delivery.method', input: 'choice' },
    { name: 'delivery.address', input: 'text' },
    { name: 'cardsPerCall', input: 'number' },
    { name: 'callsAtOnce', input: 'number' },
    { name: 'mostWaiting', input: 'number' },
  ],
  ipp: [
    { name: 'uri', input: 'text', required: true },
    { name: 'letterPrinter', input: 'text' },
    { name: 'user', input: 'text' },
    { name: 'account', input: 'text' },
    { name: 'certificate', input: 'long' },
    { name: 'flip', input: 'choice' },
    { name: 'media', input: 'text' },
    { name: 'mostWaiting', input: 'number' },
  ],
};

type Settings = BackendBody['settings'];

/** Name of a setting's field, which is also how a refusal names it. */
export const fieldOf = ({ name }: Setting): string => `settings.${name}`;

/** The settings as fields show them. */
export function draftOfSettings(kind: BackendBody['kind'], settings: Settings): Draft {
  return Object.fromEntries(
    settingsOf[kind].map((setting) => [fieldOf(setting), fieldValue(setting, read(settings, setting.name))]),
  );
}

/** The settings that the fields stand for, with those that have no field as they were; an empty field leaves its setting out. */
export function settingsOfDraft(kind: BackendBody['kind'], before: Settings, draft: Draft): Settings {
  const settings = structuredClone(before);
  for (const setting of settingsOf[kind])
    write(settings, setting.name, settingValue(setting, draft[fieldOf(setting)] ?? ''));
  return settings;
}

function fieldValue({ input }: Setting, value: unknown): string | boolean {
  if (input === 'check') return value === true;
  if (value == null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function settingValue({ input }: Setting, value: string | boolean): unknown {
  if (typeof value === 'boolean') return value || undefined;
  const text = value.trim();
  if (text === '') return undefined;
  if (input === 'number') return numberOf(text);
  return input === 'json' ? parsed(text) : text;
}

/** What is no JSON is sent as it is, for the server to refuse. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function read(settings: Settings, path: SettingName): unknown {
  return path.split('.').reduce<unknown>((value, part) => (isRecord(value) ? value[part] : undefined), settings);
}

function write(settings: Record<string, unknown>, path: SettingName, value: unknown): void {
  const parts = path.split('.');
  const last = parts.pop() ?? path;
  let place = settings;
  for (const part of parts) {
    const inner = place[part];
    if (!isRecord(inner) && value === undefined) return;
    const next = isRecord(inner) ? inner : {};
    place[part] = next;
    place = next;
  }
  if (value === undefined) delete place[last];
  else place[last] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
