/**
 * The order of the house. A room of `src/` imports itself and the rooms before it in this list; `npm run lint` refuses
 * everything else, types included, and `tools/import-graph.mjs` prints what the order looks like.
 */
export const rooms = [
  'kernel',
  'domain',
  'process',
  'engine',
  'web',
  'records',
  'directory',
  'cards',
  'variants',
  'batch-rows',
  'requests',
  'production',
  'batches',
  'oversight',
  'sample-data',
  'cli',
];

/** Rooms that others import file by file: each file of a library is of use on its own. The others are seen through their faces. */
export const libraries = ['kernel', 'domain', 'process', 'engine', 'web', 'cli'];

/**
 * Faces of a room that is no library. `index.ts` exports what rooms after it and workers use; `room.ts` opens the room in
 * the server and `worker-room.ts` in a worker, and only what composes the rooms imports these two. Types are imported from
 * where they stand.
 */
export const faces = { shared: 'index.ts', opening: ['room.ts', 'worker-room.ts'] };

/** Files that small programs import past `index.ts`, with which they would load the whole product. */
export const light = [
  // The contract with print bureaus, which the print shop keeps as well.
  'src/production/backends/http/contract.ts',
  'src/production/backends/http/webhook-signature.ts',
  'src/production/production-types.ts',
  'src/batches/pages/batch-page-texts.ts',
  'src/batches/requesting/holder-names.ts',
];

/** Files of `src/` that compose the rooms: they may import every one of them. */
export const composition = ['src/main.ts', 'src/server.ts', 'src/rooms.ts'];

/** What stands beside `src/`: folders (or files) and what they may import. No room of `src/` imports any of them. */
export const beside = {
  composition: {
    files: [...composition, 'workers/main.ts', 'workers/start-worker.ts', 'workers/registry.ts'],
    imports: [...rooms, 'composition', 'runtime', 'handlers'],
  },
  runtime: { files: ['workers/runtime/**'], imports: ['runtime'] },
  handlers: {
    files: ['workers/handlers/**'],
    imports: [...rooms.filter((room) => room !== 'web' && room !== 'cli'), 'handlers', 'runtime'],
  },
  migrations: { files: ['migrations/**'], imports: ['migrations'] },
  launcher: { files: ['launcher/**'], imports: ['launcher', 'cli', 'kernel', 'engine', 'process'] },
  // A program of its own that shares the contract with print bureaus, and the looks of our pages, with the product.
  'print-shop': { files: ['print-shop/**'], imports: ['print-shop', ...rooms.filter((room) => room !== 'cli')] },
  console: { files: ['console/**'], imports: ['console', ...rooms.filter((room) => room !== 'cli')] },
};

/** Every part with its files and what it may import. The migrations are run by the database's own folder. */
export const parts = {
  ...Object.fromEntries(
    rooms.map((room, place) => [
      room,
      {
        files: [`src/${room}/**`],
        imports: [...rooms.slice(0, place + 1), ...(room === 'kernel' ? ['migrations'] : [])],
      },
    ]),
  ),
  ...beside,
};
