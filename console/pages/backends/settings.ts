import type { BackendBody } from '../../../src/production/backends/administration/backend-routes.js';
import { numberOf, type Draft } from '../../ui/record-form.js';
import type { Setting } from './kinds.js';

type Settings = BackendBody['settings'];

/** Name of a setting's field, which is also how a refusal names it. */
export const fieldOf = ({ name }: Setting): string => `settings.${name}`;

/** The first place that a backend is called at. */
export function addressOf(fields: readonly Setting[], settings: Settings): string | null {
  const [address] = fields.filter((each) => each.address).map(({ name }) => read(settings, name));
  return typeof address === 'string' ? address : null;
}

/** The settings as fields show them. */
export function draftOfSettings(fields: readonly Setting[], settings: Settings): Draft {
  return Object.fromEntries(
    fields.map((setting) => [fieldOf(setting), fieldValue(setting, read(settings, setting.name))]),
  );
}

/** The settings that the fields stand for, with those that have no field as they were; an empty field leaves its setting out. */
export function settingsOfDraft(fields: readonly Setting[], before: Settings, draft: Draft): Settings {
  const settings = structuredClone(before);
  for (const setting of fields) write(settings, setting.name, settingValue(setting, draft[fieldOf(setting)] ?? ''));
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

function read(settings: Settings, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => (isRecord(value) ? value[part] : undefined), settings);
}

function write(settings: Record<string, unknown>, path: string, value: unknown): void {
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
