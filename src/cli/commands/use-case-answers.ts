import { z } from 'zod';

/** A use case as the interface answers it. */
export const useCase = z.looseObject({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  variant: z.string().nullable(),
  version: z.number().nullable(),
  cardTypes: z.record(z.string(), z.looseObject({ variant: z.string(), version: z.number() })),
  variants: z.array(z.looseObject({ id: z.string(), version: z.number() })),
});
export type UseCase = z.infer<typeof useCase>;
/** Where a use case is in the interface. */
export function pathOf(id: string): string {
  return `/use-cases/${encodeURIComponent(id)}`;
}
