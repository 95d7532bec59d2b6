/**
 * What keeps a printer from making cards, or soon will, in words for production operators; the gravest first. `stops`:
 * no card can be made until someone has been there. That is read from the keyword and not from its suffix (-error,
 * -warning, -report): CUPS says media-empty-warning and door-open-report of printers that stand still.
 *
 * Source of the keywords: RFC 8011, 5.4.12; PWG 5100.9-2009, 8.1 (ribbons, trays); PWG 5107.3 (jams, feed errors: there
 * `-error` belongs to the keyword); CUPS (`offline`).
 */
const reasons = [
  [
    true,
    'Off or not connected: switch the printer on and check its cable',
    'offline',
    'shutdown',
    'power-down',
    'timed-out',
  ],
  [true, 'Cover open: close it', 'cover-open', 'door-open', 'interlock-open'],
  [true, 'A card is stuck: open the printer and take it out', 'media-jam', 'media-path-jam', 'input-media-tray-jam'],
  [
    true,
    'A card was not fed: check the feeder',
    'input-media-tray-feed-error',
    'media-path-input-feed-error',
    'media-path-output-feed-error',
  ],
  [true, 'Out of cards: fill the feeder', 'media-empty', 'media-needed'],
  [true, 'Card feeder missing: put it in', 'input-tray-missing'],
  [
    true,
    'Ribbon empty: put in a new one',
    'marker-supply-empty',
    'marker-print-ribbon-empty',
    'marker-ink-empty',
    'toner-empty',
    'developer-empty',
  ],
  [
    true,
    'Ribbon missing: put one in',
    'marker-supply-missing',
    'marker-print-ribbon-missing',
    'marker-ink-missing',
    'marker-toner-cartridge-missing',
  ],
  [true, 'Output tray full: take the cards out', 'output-area-full', 'media-path-media-tray-full'],
  [true, 'Output tray missing: put it in', 'output-tray-missing', 'media-path-media-tray-missing'],
  [
    true,
    'Waste container full: empty it',
    'marker-waste-full',
    'marker-waste-ink-receptacle-full',
    'marker-waste-toner-receptacle-full',
  ],
  [true, 'Too hot or too cold: leave the printer on and wait', 'fuser-over-temp', 'fuser-under-temp'],
  [true, 'Worn out: call the service', 'opc-life-over', 'marker-opc-missing'],
  [true, 'Paused: resume the printer', 'paused', 'moving-to-paused', 'stopping'],
  [true, 'Spool area full: make room on the print server', 'spool-area-full'],
  [
    false,
    'Ribbon nearly empty',
    'marker-supply-low',
    'marker-supply-almost-empty',
    'marker-print-ribbon-almost-empty',
    'marker-ink-almost-empty',
    'toner-low',
    'developer-low',
  ],
  [false, 'Few cards left', 'media-low'],
  [false, 'Output tray nearly full', 'output-area-almost-full', 'media-path-media-tray-almost-full'],
  [
    false,
    'Waste container nearly full',
    'marker-waste-almost-full',
    'marker-waste-ink-receptacle-almost-full',
    'marker-waste-toner-receptacle-almost-full',
  ],
  [false, 'Nearly worn out: call the service', 'opc-near-eol'],
] as const satisfies readonly (readonly [stops: boolean, sentence: string, ...keywords: string[]])[];

const rankOf = new Map(
  reasons.flatMap(([, , ...keywords], rank) => keywords.map((keyword): [string, number] => [keyword, rank])),
);

/** The gravest of a printer's `printer-state-reasons`, or undefined when none of them says anything to a person. */
export function gravestReason(
  keywords: readonly string[],
): { readonly stops: boolean; readonly sentence: string } | undefined {
  const ranks = keywords.flatMap((keyword) => {
    const withoutSeverity = keyword.replace(/-(error|warning|report)$/, '');
    return rankOf.get(keyword) ?? rankOf.get(withoutSeverity) ?? [];
  });
  const gravest = reasons[Math.min(...ranks)];
  return gravest && { stops: gravest[0], sentence: gravest[1] };
}
