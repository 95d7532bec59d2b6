import { openBatches } from './batches/room.js';
import { openCards } from './cards/room.js';
import { openDirectory } from './directory/room.js';
import { openOversight } from './oversight/room.js';
import type { BackendKind } from './production/backends/backend-kind.js';
import { openProduction, type Production } from './production/room.js';
import { openRecords } from './records/room.js';
import { openRequests } from './requests/room.js';
import { openSampleData } from './sample-data/room.js';
import { openVariants } from './variants/room.js';
import { doorChecks } from './web/door/door-checks.js';
import type { Face, Host } from './web/face.js';

/** Opens the rooms of the server in their order: each is given the faces above it that it needs. */
export function openRooms(host: Host, backendKinds?: readonly BackendKind[]) {
  const records = openRecords(host, {
    openSealed: (part): ReturnType<Production['openSealed']> => production.openSealed(part),
  });
  const directory = openDirectory(host);
  const cards = openCards(host);
  const variants = openVariants(host);
  const requests = openRequests(host);
  const production = openProduction(host, backendKinds);
  const batches = openBatches(host, requests);
  const oversight = openOversight(host, records, variants);
  const sampleData = openSampleData(host);

  const all: readonly Face[] = [
    records,
    directory,
    cards,
    variants,
    requests,
    production,
    batches,
    oversight,
    sampleData,
  ];
  const routes = all.flatMap((room) => room.routes ?? []);
  directory.changes.know(routes);
  // The start page lists them in this order: daily work first.
  const withPages: readonly Face[] = [requests, production, batches, directory, records, sampleData];
  return {
    records,
    variants,
    oversight,
    all,
    routes,
    changeGate: directory.changes,
    pages: withPages.flatMap((room) => room.pages ?? []),
    checks: doorChecks({ ...requests.checks, ...production.checks, ...batches.checks }),
    jobs: all.flatMap((room) => room.jobs ?? []),
  };
}
