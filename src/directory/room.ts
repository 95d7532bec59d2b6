import type { Face, Host } from '../web/face.js';
import { accountChannel } from '../web/sign-in/account-changes.js';
import { AccountDirectory } from './accounts/account-directory.js';
import { accountRoutes } from './accounts/account-routes.js';
import { AccountService } from './accounts/account-service.js';
import { replaceEnginePasswords } from './accounts/engine-passwords.js';
import { passwordPages } from './accounts/password-page.js';
import { groupRoutes } from './groups/group-routes.js';
import { GroupService } from './groups/group-service.js';
import { cardTypeRoutes } from './card-types/card-type-routes.js';
import { holderRoutes } from './holders/holder-routes.js';
import { photoPages } from './holders/photo-pages.js';
import { numberRangeRoutes } from './number-ranges/number-range-routes.js';
import { optionRoutes } from './options/option-routes.js';
import { pendingChangeRoutes } from './pending-changes/pending-change-routes.js';
import { PendingChanges } from './pending-changes/pending-changes.js';

/** What the rest of the server needs of this room. */
export interface Directory extends Face {
  readonly changes: PendingChanges;
}

/** Card holders, accounts, card types, number ranges, options. */
export function openDirectory({ db, log, engine, system, identity }: Host): Directory {
  const directory = new AccountDirectory(engine, system);
  const accounts = new AccountService(db, directory, identity);
  const changes = new PendingChanges(db, directory);
  const groups = new GroupService(db, engine, system, directory, identity);
  return {
    changes,
    routes: [
      ...holderRoutes(db, directory),
      ...cardTypeRoutes(db),
      ...numberRangeRoutes(db),
      ...optionRoutes(db, directory),
      ...pendingChangeRoutes(changes),
      ...accountRoutes(db, directory, accounts),
      ...groupRoutes(db, directory, accounts, groups),
    ],
    prepare: async (progress) => {
      progress('Making groups and lists of tasks');
      await groups.reconcile();
    },
    jobs: [
      { name: 'end changes that nobody confirmed', everyMs: 60_000, round: () => changes.expire() },
      { name: 'bring groups and lists of tasks to what is decided', everyMs: 60_000, round: () => groups.reconcile() },
      {
        name: 'take passwords from the engine',
        everyMs: 30_000,
        round: async () => {
          const replaced = await replaceEnginePasswords(db, identity.passwordStore, directory);
          if (replaced.length > 0) log.info({ replaced }, 'the engine keeps no password of these accounts any more');
        },
      },
      {
        name: 'forget accounts that other servers have changed',
        everyMs: 3_600_000,
        wokenBy: [accountChannel],
        round: async () => identity.changes.heard(),
      },
    ],
    pages: [...photoPages(db), ...passwordPages(accounts)],
  };
}
