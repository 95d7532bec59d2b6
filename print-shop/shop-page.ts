import { badge } from '../src/web/pages/badge.js';
import { dataTable } from '../src/web/pages/data-table.js';
import { html, type Html } from '../src/web/pages/html.js';
import { STYLE_PATH } from '../src/web/pages/style.js';
import { time } from '../src/web/pages/time.js';
import { faultNames, faults, type Faults } from './faults.js';
import type { Machine } from './machine.js';
import type { ShopLedger, ShopOrder } from './shop-ledger.js';

/** What a person at the machine can do besides playing faults. */
export const handles = {
  'new-ribbon': 'Put in a new ribbon',
  stop: 'Stop the machine',
  go: 'Start the machine',
} as const;
export type Handle = keyof typeof handles;

export interface ShopView {
  readonly ledger: ShopLedger;
  readonly machine: Machine;
  readonly faults: Faults;
}

const shown = 20;

/** The page of the shop: machine, queue, what came out, and a button for each fault. */
export function shopPage({ ledger, machine, faults: played }: ShopView): string {
  const { holdUp } = machine;
  const ended = ledger.endings.slice(-shown).reverse();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Print shop (simulated)</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar"><a class="brand" href="/">Print shop</a><span class="soft">A simulation: no real card is made here</span></header>
<main id="main">
<h1>Print shop</h1>
<p role="status" class="note ${holdUp === null ? 'good' : 'bad'}">${holdUp ?? 'The machine is ready.'}</p>
<dl>
<dt>Waiting</dt><dd>${ledger.queued}</dd>
<dt>Made so far</dt><dd>${ledger.made}</dd>
<dt>PIN letters</dt><dd>${ledger.letters.size}</dd>
<dt>Ribbon</dt><dd>${Math.round(machine.ribbon * 100)} %</dd>
</dl>
<form method="post" action="/play"><p class="actions">
${Object.entries(handles).map(([name, label]) => html`<button class="quiet" name="what" value="${name}">${label}</button> `)}
<a class="button" href="/">Refresh</a>
</p></form>
<h2>Play a fault</h2>
<form method="post" action="/play"><ul class="links">
${faultNames.map((name) => html`<li><button class="quiet" name="what" value="${name}">${faults[name]}</button>${waiting(played.waiting(name))}</li>`)}
</ul></form>
<h2>Queue</h2>
${queueTable(ledger, machine.current)}
<h2>Came out last</h2>
${ended.length === 0 ? html`<p class="soft">Nothing yet.</p>` : endedTable(ended)}
</main>
</body>
</html>
`.markup;
}

function waiting(count: number): Html | null {
  return count === 0 ? null : html` <span class="soft">${count} to come</span>`;
}

function queueTable(ledger: ShopLedger, current: ShopOrder | null): Html {
  const first = ledger.waiting.slice(0, shown);
  if (first.length === 0) return html`<p class="soft">Empty.</p>`;
  return dataTable(
    `The first ${first.length} of ${ledger.queued} cards`,
    [
      { heading: 'Order', cell: ({ orderId }) => orderId },
      { heading: 'Name', cell: ({ card }) => card.name },
      { heading: 'Card', cell: ({ card }) => `${card.cardType} ${card.cardNumber}` },
      { heading: 'Secrets', cell: ({ card }) => card.secrets ?? 'none' },
      {
        heading: 'State',
        cell: (order) => badge({ text: order === current ? 'in the machine' : 'waits', tone: 'plain' }),
      },
    ],
    first,
  );
}

function endedTable(orders: readonly ShopOrder[]): Html {
  return dataTable(
    'The newest first',
    [
      { heading: 'Order', cell: ({ orderId }) => orderId },
      { heading: 'Name', cell: ({ card }) => card.name },
      { heading: 'Card', cell: ({ card }) => `${card.cardType} ${card.cardNumber}, layout ${card.layout}` },
      { heading: 'What came out', cell: outcome },
      { heading: 'When', cell: ({ ending }) => ending !== null && time(ending.at) },
      { heading: 'Client notified', cell: ({ acknowledged }) => (acknowledged ? 'yes' : 'not yet') },
    ],
    orders,
  );
}

function outcome({ ending }: ShopOrder): Html | null {
  switch (ending?.type) {
    case undefined:
      return null;
    case 'made':
      return html`${badge({ text: 'SIMULATED', tone: 'good' })} ${ending.serialNumber}`;
    case 'failed':
      return html`${badge({ text: 'spoilt', tone: 'bad' })} ${ending.reason}`;
    case 'cancelled':
      return badge({ text: 'cancelled', tone: 'plain' });
  }
}
