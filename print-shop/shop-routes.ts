import express, { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { style, STYLE_PATH } from '../src/web/pages/style.js';
import { faultNames } from './faults.js';
import { handles, shopPage, type Handle, type ShopView } from './shop-page.js';

const play = z.object({ what: z.enum([...faultNames, ...(Object.keys(handles) as Handle[])]) });

export interface ShopRoutesDeps extends ShopView {
  readonly powerCut: () => void;
}

/** What a person sees and does at the shop, and what it has made, for tests to judge by. On this machine only. */
export function shopRoutes(deps: ShopRoutesDeps): Router {
  const { ledger, machine, faults, powerCut } = deps;
  const router = Router();
  router.use(onlyFromHere);

  router.get('/', async (_request, response) => {
    await ledger.settled();
    response.type('html').send(shopPage(deps));
  });

  router.get(STYLE_PATH, (_request, response) => {
    response.set('Cache-Control', 'public, max-age=31536000, immutable').type('css').send(style);
  });

  router.post('/play', express.urlencoded({ extended: false }), (request, response) => {
    const { success, data } = play.safeParse(request.body);
    if (!success) {
      response.status(400).type('text').send('There is no such fault.');
      return;
    }
    switch (data.what) {
      case 'new-ribbon':
        machine.changeRibbon();
        break;
      case 'stop':
        machine.halt();
        break;
      case 'go':
        machine.resume();
        break;
      case 'ribbon-end':
        machine.endRibbon();
        break;
      case 'restart':
        powerCut();
        break;
      default:
        faults.arm(data.what);
    }
    response.redirect(303, '/');
  });

  router.get('/ledger', async (_request, response) => {
    await ledger.settled();
    response.json({
      cards: ledger.endings.flatMap(({ key, card, ending }) =>
        ending?.type === 'made'
          ? [{ key, ...card, serialNumber: ending.serialNumber, chipUid: ending.chipUid, madeAt: ending.at }]
          : [],
      ),
      notMade: ledger.endings.flatMap(({ key, ending }) =>
        ending === null || ending.type === 'made' ? [] : [{ key, why: ending.type, at: ending.at }],
      ),
      waiting: ledger.waiting.map(({ key }) => key),
      letters: [...ledger.letters].map(([key, { letterId, at }]) => ({ key, letterId, at })),
    });
  });

  return router;
}

/**
 * Keeps pages of other sites from pressing our buttons, and other names from leading here (DNS rebinding). A browser that does
 * not send `Sec-Fetch-Site` names the page in `Origin`; what is no browser sends neither.
 */
const onlyFromHere: RequestHandler = (request, response, next) => {
  const site = request.get('sec-fetch-site');
  const own = `http://${request.get('host')}`;
  const foreign =
    site === undefined ? (request.get('origin') ?? own) !== own : site !== 'same-origin' && site !== 'none';
  if ((foreign && request.method !== 'GET') || !['127.0.0.1', 'localhost'].includes(request.hostname)) {
    response.status(403).type('text').send('The print shop is for people on this machine.');
    return;
  }
  next();
};
