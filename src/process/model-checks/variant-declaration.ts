import type { ModdleElement } from 'bpmn-moddle';
import { extensionProperties, useCases, type UseCaseId } from '../contract/index.js';
import { extensionProperty } from '../diagram.js';

/** How the call activity of an entry process names the variant that an administrator has chosen. */
export const chosenVariant = { key: '${variantKey}', version: '${variantVersion}', binding: 'version' } as const;

/** The use case of a variant's process; null where it is no variant or names none of the contract. */
export function useCaseOf(process: ModdleElement): UseCaseId | null {
  const named = extensionProperty(process, extensionProperties.useCase);
  return named !== null && Object.hasOwn(useCases, named) ? (named as UseCaseId) : null;
}

/** True where a process calls itself a variant, rightly or not. */
export function isVariant(process: ModdleElement): boolean {
  return [extensionProperties.useCase, extensionProperties.variant].some(
    (name) => extensionProperty(process, name) !== null,
  );
}
