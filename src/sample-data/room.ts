import type { Face, Host } from '../web/face.js';
import { printShopPages, registerPrintShop } from './print-shop.js';
import { seedReferenceData, seedSampleData } from './seed.js';

/** What the product ships to begin with, and what it is tried out with. */
export function openSampleData({ config, db }: Host): Face {
  return {
    pages: printShopPages(config.PRINT_SHOP),
    prepare: async (progress) => {
      await seedReferenceData(db);
      if (config.SAMPLE_DATA !== 'demo') return;
      progress('Filling in sample data');
      await seedSampleData(db);
      if (config.PRINT_SHOP !== undefined) await registerPrintShop(db, config.PRINT_SHOP);
    },
  };
}
