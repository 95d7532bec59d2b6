import type { BackendBody, BackendKindBody } from '../../../src/production/backends/administration/backend-routes.js';
import { get } from '../../app/api.js';
import { useResource, type Resource } from '../../app/resource.js';

/** A setting as a field shows it; what it may be is for the adapter of the backend to judge, which refuses the rest. */
export type Setting = BackendKindBody['settings'][number];

/** Every kind of backend with its settings, as the server describes them. */
export function useBackendKinds(): Resource<readonly BackendKindBody[]> {
  return useResource(
    'backend kinds',
    async (signal) => (await get<{ readonly items: readonly BackendKindBody[] }>('/backend-kinds', {}, signal)).items,
  );
}

/** What people call the kind of a backend; its own name where this installation does not have it. */
export function kindName(kinds: readonly BackendKindBody[], { kind }: BackendBody): string {
  return kinds.find((each) => each.kind === kind)?.name ?? kind;
}
