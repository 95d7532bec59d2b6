import type { Role } from '../../domain/roles.js';
import type { Caller } from '../sign-in/caller.js';
import type { SignedInUser } from '../signed-in-user.js';
import type { Html } from './html.js';

export interface PageContext {
  readonly user: SignedInUser;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Fields and files of a posted form, urlencoded or multipart; empty for GET. */
  readonly form: FormData;
  readonly requestId: string;
  readonly caller: Caller;
}

export interface ShownPage {
  readonly title: string;
  readonly main: Html;
  readonly status?: number;
  /** Set where parts of the page keep themselves up to date; see `live-script.ts` for how they are marked. */
  readonly live?: true;
}

/** A page to show, or the local path to redirect to after a posted form. */
export type PageAnswer = ShownPage | { readonly redirect: string };

/**
 * One page of a feature, as data. Refusals thrown as `ProductError` become an error page; a form that should be shown
 * again with a sentence catches its own. Posted forms are taken from our own pages only.
 *
 * ```ts
 * const myRequests: Page = {
 *   method: 'get',
 *   path: '/my-requests',
 *   roles: ['operator'],
 *   link: { label: 'My requests', hint: 'What you asked for, and what became of it' },
 *   handler: async ({ user }) => ({ title: 'My requests', main: html`<p>${await count(user.id)} requests</p>` }),
 * };
 * ```
 */
export interface Page {
  readonly method: 'get' | 'post';
  readonly path: string;
  /** Any of these roles; without it, any signed-in person. */
  readonly roles?: readonly Role[];
  /** Listed on the start page for those who may open it. */
  readonly link?: { readonly label: string; readonly hint: string };
  /** Largest posted form in bytes; 100 kB by default. */
  readonly limitBytes?: number;
  readonly handler: (context: PageContext) => Promise<PageAnswer> | PageAnswer;
}
