import type { BackendSecrets } from '../kernel/config.js';
import { cardPdf, readTemplate, renderCard } from '../cards/index.js';
import { httpBackend } from './backends/http/http-backend.js';
import { ippBackend } from './backends/ipp/ipp-backend.js';
import type { BackendFactories } from './production-types.js';

/** The adapters of this product. @param secrets of all backends, by id and name */
export function backendFactories(secrets: BackendSecrets): BackendFactories {
  return {
    http: (row) => httpBackend(row, secrets[row.id] ?? {}),
    ipp: (row) =>
      ippBackend(row, secrets[row.id] ?? {}, async ({ layout, elements, photo }) =>
        cardPdf(await renderCard(readTemplate(layout.template), elements, photo, { simulated: row.simulated })),
      ),
  };
}
