import type { ModdleElement } from 'bpmn-moddle';
import { useCaseEnds, type Standing } from '../../contract/card-steps.js';
import { extensionProperties, useCaseIds, useCases } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { idOf } from '../elements.js';
import { useCaseOf, type ModelSet } from '../model-set.js';

/**
 * The states of a card in which a process is started from outside: `none` for what people or messages start in a use
 * case, and what is declared for a variant whose callers we do not have. Nothing is known of a process that belongs to
 * no use case: which card it is about, only its author can tell.
 */
export function beginsOf(process: ModdleElement, models: ModelSet): readonly Standing[] {
  if (useCaseOf(process) !== null) {
    return models.callersOf(process).length > 0 ? [] : (declaredBegins(process) ?? ['none']);
  }
  const started = Object.values(useCases).flatMap(({ entryProcess, companions }): string[] => [entryProcess, ...companions]);
  return started.includes(idOf(process)) ? ['none'] : [];
}

/** True where a process may be called with a card in that state; which variant is called follows from it. */
export function takesUp(process: ModdleElement, standing: Standing): boolean {
  return declaredBegins(process)?.includes(standing) ?? true;
}

/** The states in which a process may leave a card; null where that is no concern of it. */
export function endsOf(process: ModdleElement): readonly Standing[] | null {
  const variantOf = useCaseOf(process);
  if (variantOf !== null) return useCaseEnds[variantOf].variants;
  const entryOf = useCaseIds.find((each) => useCases[each].entryProcess === idOf(process));
  return entryOf === undefined ? null : useCaseEnds[entryOf].entry;
}

function declaredBegins(process: ModdleElement): readonly Standing[] | null {
  const useCase = useCaseOf(process);
  const variant = extensionProperty(process, extensionProperties.variant) ?? '';
  return (useCase && useCaseEnds[useCase].begins?.[variant]) ?? null;
}
