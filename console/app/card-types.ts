import type { CardTypeBody } from '../../src/directory/card-types/card-type-routes.js';
import { get } from './api.js';
import { useResource } from './resource.js';

/** Card types as choices of a field; none until they were read. */
export function useCardTypeChoices(): readonly (readonly [id: string, name: string])[] {
  const types = useResource('card types', (signal) =>
    get<{ readonly items: readonly CardTypeBody[] }>('/card-types', { limit: 200 }, signal),
  );
  return (types.data?.items ?? []).map(({ id, name }) => [id, name] as const);
}
