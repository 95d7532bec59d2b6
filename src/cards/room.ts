import type { Face, Host } from '../web/face.js';
import { cardRoutes } from './card-routes.js';
import { CardPreviews } from './layouts/card-previews.js';
import { layoutRoutes } from './layouts/layout-routes.js';

/** Cards and their layouts. */
export function openCards({ db }: Host): Face {
  return { routes: [...cardRoutes(db), ...layoutRoutes(db, new CardPreviews(db))] };
}
