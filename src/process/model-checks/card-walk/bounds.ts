import type { ModdleElement } from 'bpmn-moddle';
import { useCaseEnds, type Beginning, type CardStateOrNone } from '../../contract/card-steps.js';
import { extensionProperties, useCaseIds, useCases, type UseCaseId } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { attribute, idOf } from '../elements.js';
import { chosenVariant, useCaseOf } from '../variant-declaration.js';
import type { WalkedModels } from './walked-models.js';

/**
 * The states of a card in which a process is started from outside: `none` for what people or messages start in a use
 * case, and what is declared for a variant whose callers we do not have. Nothing is known of a process that belongs to
 * no use case: which card it is about, only its author knows.
 */
export function beginsOf(process: ModdleElement, models: WalkedModels): readonly Beginning[] {
  if (useCaseOf(process) !== null) {
    return models.callersOf(process).length > 0 ? [] : (declaredBegins(process) ?? [noCard]);
  }
  const started = Object.values(useCases).flatMap(({ entryProcess, companions }): string[] => [
    entryProcess,
    ...companions,
  ]);
  return started.includes(idOf(process)) ? [noCard] : [];
}

/** True where a process may be called with a card in that state; which variant is called follows from it. */
export function takesUp(process: ModdleElement, cardState: CardStateOrNone): boolean {
  return declaredBegins(process)?.some((beginning) => beginning.cardState === cardState) ?? true;
}

/** The states in which a process may leave a card; null where that is no concern of it. */
export function endsOf(process: ModdleElement): readonly CardStateOrNone[] | null {
  const variantOf = useCaseOf(process);
  if (variantOf !== null) return useCaseEnds[variantOf].variants;
  const entryOf = entryUseCase(process);
  return entryOf === undefined ? null : useCaseEnds[entryOf].entry;
}

/** The states in which the chosen variant may leave a card, where an entry process calls it; null for any other call. */
export function endsOfChosenVariant(process: ModdleElement, call: ModdleElement): readonly CardStateOrNone[] | null {
  const entryOf = entryUseCase(process);
  return entryOf === undefined || attribute(call, 'calledElement') !== chosenVariant.key
    ? null
    : useCaseEnds[entryOf].variants;
}

function entryUseCase(process: ModdleElement): UseCaseId | undefined {
  return useCaseIds.find((each) => useCases[each].entryProcess === idOf(process));
}

const noCard: Beginning = { cardState: 'none' };

function declaredBegins(process: ModdleElement): readonly Beginning[] | null {
  const useCase = useCaseOf(process);
  const variant = extensionProperty(process, extensionProperties.variant) ?? '';
  return (useCase && useCaseEnds[useCase].begins?.[variant]) ?? null;
}
