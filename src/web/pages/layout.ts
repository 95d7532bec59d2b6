import type { SignedInUser } from '../signed-in-user.js';
import { html, type Html } from './html.js';
import { ICON_PATH } from './icon.js';
import { LIVE_SCRIPT_PATH } from './live-script.js';
import type { ShownPage } from './page.js';
import { STYLE_PATH } from './style.js';

export const PRODUCT = 'Open Card Requests';

export interface PageContent extends Pick<ShownPage, 'title' | 'main' | 'live'> {
  /** The person who is signed in, for the bar at the top. */
  readonly user: SignedInUser | null;
}

/** A page in its frame. */
export function layout({ title, main, user, live }: PageContent): string {
  const content = html`<main id="main">
<h1>${title}</h1>
${main}
</main>`;
  const head = live === true ? html`<script type="module" src="${LIVE_SCRIPT_PATH}"></script>` : null;
  return frame({ title, content, user, head });
}

export interface Frame extends Pick<PageContent, 'title' | 'user'> {
  /** Everything below the bar; the skip link leads to its `#main`. */
  readonly content: Html;
  /** What the head holds beyond the style sheet of all pages. */
  readonly head?: Html | null;
}

/** What every page has around it: head, skip link and the bar at the top. */
export function frame({ title, content, user, head }: Frame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === PRODUCT ? title : `${title} – ${PRODUCT}`}</title>
<link rel="icon" type="image/svg+xml" href="${ICON_PATH}">
<link rel="stylesheet" href="${STYLE_PATH}">
${head}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar">
<a class="brand" href="/">${PRODUCT}</a>
${user !== null && whoIsSignedIn(user)}
</header>
${content}
</body>
</html>
`.markup;
}

function whoIsSignedIn({ name }: SignedInUser): Html {
  return html`<form class="who" method="post" action="/sign-out">
<span>${name}</span>
<button class="quiet">Sign out</button>
</form>`;
}
