// Reading cards.
export { getCard, listCards } from './card-reading.js';
export { cardSchema } from './card-routes.js';
// Moving cards.
export { madeCards, moveCard, movedCards } from './card-moves.js';
// What was approved, and what has changed since.
export { whatChangedSince } from './snapshots/snapshot-changes.js';
export { readSnapshot, takeSnapshots } from './snapshots/snapshot-store.js';
// Drawing cards, and the same means for PIN letters.
export { storeShippedLayouts } from './layouts/layout-store.js';
export { readTemplate } from './layouts/card-template.js';
export { whatCannotBePrinted } from './layouts/card-content.js';
export { cardPdf } from './layouts/card-pdf.js';
export { renderCard } from './layouts/render-card.js';
export { pdfBytes } from './layouts/pdf-document.js';
export { placeGlyphs } from './layouts/svg.js';
export { setText } from './layouts/text/text-fitting.js';
export { mmToPoints, pointsToMm } from './layouts/card-size.js';
export { drawAvatar } from './layouts/avatar.js';
