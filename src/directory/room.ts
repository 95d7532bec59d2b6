import type { Face, Host } from '../web/face.js';
import { AccountDirectory } from './accounts/account-directory.js';
import { accountRoutes } from './accounts/account-routes.js';
import { AccountService } from './accounts/account-service.js';
import { passwordPages } from './accounts/password-page.js';
import { cardTypeRoutes } from './card-types/card-type-routes.js';
import { holderRoutes } from './holders/holder-routes.js';
import { photoPages } from './holders/photo-pages.js';
import { numberRangeRoutes } from './number-ranges/number-range-routes.js';
import { optionRoutes } from './options/option-routes.js';

/** Card holders, accounts, card types, number ranges, options. */
export function openDirectory({ db, engine, system }: Host): Face {
  const directory = new AccountDirectory(engine, system);
  const accounts = new AccountService(db, directory);
  return {
    routes: [
      ...holderRoutes(db),
      ...cardTypeRoutes(db),
      ...numberRangeRoutes(db),
      ...optionRoutes(db),
      ...accountRoutes(db, directory, accounts),
    ],
    pages: [...photoPages(db), ...passwordPages(accounts)],
  };
}
