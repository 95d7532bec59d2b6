import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ProductError } from '../../../kernel/errors.js';
import { readSetting, settingFields, writeSetting, type BackendKind } from '../backend-kind.js';
import type { Backend } from './backend-store.js';

/**
 * Refuses another key in the place of a known one unless the caller confirms it: what is sealed for another key can be read
 * by somebody else.
 * @returns paths of the settings whose key is another one
 * @throws ProductError `confirmation-needed`
 */
export function changedKeys(kind: BackendKind, before: Backend, after: Backend, confirmed: boolean): string[] {
  const changed = settingFields(kind).filter(({ key, name }) => {
    const known = readSetting(before.settings, name);
    return key && known != null && !isDeepStrictEqual(known, readSetting(after.settings, name));
  });
  if (changed.length > 0 && !confirmed) {
    const labels = changed.map(({ label }) => label).join(', ');
    throw new ProductError(
      'confirmation-needed',
      `This changes a key of ${before.name}: ${labels}. Compare it with the operator of the backend over another channel, then confirm the change.`,
      { confirm: changed.map(({ name }) => `settings.${name}`) },
    );
  }
  return changed.map(({ name }) => name);
}

/** Addresses and keys that a backend would have instead of its own, as `label: value`; keys by a thumbprint. @param before null for a new one */
export function changedPlaces(
  kind: BackendKind,
  before: Pick<Backend, 'settings'> | null,
  after: Pick<Backend, 'settings'>,
): string[] {
  return settingFields(kind).flatMap(({ name, label, key, address }) => {
    const known = before === null ? undefined : readSetting(before.settings, name);
    const value = readSetting(after.settings, name);
    if (!(key || address) || isDeepStrictEqual(known ?? null, value ?? null)) return [];
    return [`${label}: ${value == null ? 'none' : key ? thumbprint(value) : JSON.stringify(value)}`];
  });
}

/** A backend as the audit log names it: of a key only a thumbprint, by which it can be recognised. */
export function withoutKeys(kind: BackendKind, backend: Backend): Backend {
  const settings = structuredClone(backend.settings) as Record<string, unknown>;
  for (const { key, name } of settingFields(kind)) {
    const value = readSetting(settings, name);
    if (key && value != null) writeSetting(settings, name, thumbprint(value));
  }
  return { ...backend, settings };
}

function thumbprint(value: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)}`;
}
