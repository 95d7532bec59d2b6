import { createHash } from 'node:crypto';

/** The icon of every page: a card with a photo and two lines, in the accent of the style sheet. */
export const icon = `
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect x="1" y="5" width="30" height="22" rx="3.5" fill="#0b5c7d"/>
<circle cx="10" cy="13.5" r="3.5" fill="#fff"/>
<path d="M4.5 23a5.5 4.5 0 0 1 11 0z" fill="#fff"/>
<path d="M19 12h8M19 17h8M19 22h5" stroke="#fff" stroke-width="2" stroke-linecap="round"/>
</svg>
`.trimStart();

/** Named after its content, so that browsers may keep it for good. */
export const ICON_PATH = `/assets/${createHash('sha256').update(icon).digest('hex').slice(0, 16)}.svg`;
