import { cardPdf, readTemplate, renderCard } from '../../../cards/index.js';
import type { BackendKind } from '../backend-kind.js';
import { ippBackend } from './ipp-backend.js';
import { ippSettings } from './ipp-settings.js';

/** Card printers over IPP. */
export const ippKind: BackendKind = {
  kind: 'ipp',
  name: 'card printer (IPP)',
  settings: ippSettings,
  secrets: { password: { purpose: 'Of the account at the printer', sent: true } },
  limits: {
    noChips:
      'A printer over IPP prints cards and cannot encode chips. Give the card type a print bureau as its backend, or make it a type without a chip.',
  },
  create: (row, secrets) =>
    ippBackend(row, secrets, async ({ layout, elements, photo }) =>
      cardPdf(await renderCard(readTemplate(layout.template), elements, photo, { simulated: row.simulated })),
    ),
};
