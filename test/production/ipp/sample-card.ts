import { cardPdf } from '../../../src/cards/layouts/card-pdf.js';
import { readTemplate } from '../../../src/cards/layouts/card-template.js';
import { renderCard, type CardImages } from '../../../src/cards/layouts/render-card.js';
import { shippedLayouts } from '../../../src/cards/layouts/shipped/index.js';
import type { ProductionBackend } from '../../../src/production/backends/backend.js';
import { makeBackend, type BackendKind } from '../../../src/production/backends/backend-kind.js';
import { ippKind } from '../../../src/production/backends/ipp/ipp-kind.js';
import { ippBackend } from '../../../src/production/backends/ipp/ipp-backend.js';
import type { CardJob } from '../../../src/cards/card-job.js';
import { sampleJob } from '../backends/card-job.js';

/** A card without a photo, like no other. */
export const plainJob = (changes: Partial<CardJob> = {}): CardJob => sampleJob({ photo: null, ...changes });

/** Both sides of a card in the layout that the product ships for its type. */
export function drawn({ cardType, elements, photo }: CardJob): Promise<CardImages> {
  return renderCard(readTemplate(shippedLayouts[cardType]), elements, photo, { simulated: false });
}

/** A backend for a printer at this address. */
export function backendFor(
  uri: string,
  settings: Record<string, unknown> = {},
  secrets: Record<string, string> = {},
): ProductionBackend {
  const kind: BackendKind = {
    ...ippKind,
    create: (row, given) => ippBackend(row, given, async (job) => cardPdf(await drawn(job))),
  };
  return makeBackend(
    kind,
    {
      id: 'printer',
      name: 'Printer',
      kind: 'ipp',
      settings: { uri, ...settings },
      simulated: false,
      changedAt: new Date(),
    },
    secrets,
  );
}
