import { isDeepStrictEqual } from 'node:util';
import { appendAudit } from '../records/index.js';
import { httpSettings, insertBackend, lockBackend, updateBackend } from '../production/index.js';
import type { PrintShop } from '../kernel/config.js';
import type { Knex } from '../kernel/db/database.js';
import { systemActor } from '../domain/roles.js';
import type { Page } from '../web/pages/page.js';

const id = 'print-shop';

/**
 * Registers the print shop as a backend whose cards are not real, and gives it to the card types that have none. At later
 * starts only its address and key are brought up to date: the rest is the administrators'.
 */
export async function registerPrintShop(db: Knex, place: PrintShop): Promise<void> {
  const { url, publicKey } = httpSettings.parse(place);
  await db.transaction(async (trx) => {
    const shop = {
      id,
      name: 'Print shop (simulated)',
      kind: 'http',
      settings: { url, publicKey, printsLetters: true },
      simulated: true,
    } as const;
    if (await insertBackend(trx, shop)) {
      const types = await trx('card_type')
        .whereNull('backend')
        .update({ backend: id })
        .returning<{ id: string }[]>('id');
      await appendAudit(trx, [
        {
          actor: systemActor,
          action: 'backend-created',
          objectType: 'backend',
          objectId: id,
          details: { sampleData: true },
        },
        ...types.map((type) => ({
          actor: systemActor,
          action: 'card-type-changed',
          objectType: 'card-type' as const,
          objectId: type.id,
          details: { backend: id, sampleData: true },
        })),
      ]);
      return;
    }
    const known = await lockBackend(trx, id);
    const settings = { ...known.settings, url, publicKey };
    if (!isDeepStrictEqual(known.settings, settings)) await updateBackend(trx, { ...known, settings });
  });
}

/** The way to the print shop's own page, for people on its machine. */
export function printShopPages(place: PrintShop | undefined): Page[] {
  if (place === undefined) return [];
  return [
    {
      method: 'get',
      path: '/print-shop',
      roles: ['producer', 'admin'],
      link: { label: 'Print shop', hint: 'The simulated print bureau: its queue, and faults to play' },
      handler: () => ({ redirect: place.url }),
    },
  ];
}
