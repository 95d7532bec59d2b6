import { groups } from '../../domain/roles.js';
import { canBegin } from '../../process/contract/index.js';
import { html, type Html } from './html.js';
import { PRODUCT } from './layout.js';
import type { Page, PageContext } from './page.js';

export interface UseCaseState {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** The chosen one; null until one was chosen. */
  readonly variant: string | null;
  readonly variants: readonly { readonly id: string; readonly name: string }[];
}

export interface StartPageDeps {
  readonly pages: readonly Page[];
  readonly useCases: () => Promise<readonly UseCaseState[]>;
  /** What to do when no use case is enabled. */
  readonly nothingEnabledHint: string;
}

type Place = Pick<Page, 'path' | 'link' | 'roles'>;

/** Places outside our own pages. The first comes before them, for everybody in a group; the others after. */
const elsewhere: readonly [Place, ...Place[]] = [
  {
    path: '/camunda/app/tasklist/default/',
    link: { label: 'Tasklist', hint: 'Start requests and work on tasks' },
  },
  {
    path: '/console',
    roles: ['admin'],
    link: { label: 'Console', hint: 'Use cases and their variants, options, records' },
  },
  {
    path: '/camunda/app/cockpit/default/',
    roles: ['admin'],
    link: { label: 'Cockpit', hint: 'Running processes and incidents' },
  },
  {
    path: '/camunda/app/admin/default/',
    roles: ['admin'],
    link: { label: 'Admin', hint: 'Groups of the organisation' },
  },
  {
    path: '/api/v1/openapi.json',
    link: { label: 'Interface', hint: 'OpenAPI description for programs' },
  },
];

const inNoGroup = html`<p class="note">Your account is in no group yet, so there is nothing to do here.
Ask a member of ${groups.admin}.</p>`;

/** `/`: where a person can go from here, and which use cases are enabled. */
export function startPage({ pages, useCases, nothingEnabledHint }: StartPageDeps): Page {
  const [tasklist, ...others] = elsewhere;
  return {
    method: 'get',
    path: '/',
    handler: async ({ user }) => {
      const inGroup = user.groups.length > 0;
      const places = [...(inGroup ? [tasklist] : []), ...pages, ...others];
      return {
        title: PRODUCT,
        main: html`${useCasesOf(await useCases(), nothingEnabledHint)}
<ul class="links">${places.map((place) => linkTo(place, user))}</ul>
${!inGroup && inNoGroup}`,
      };
    },
  };
}

function linkTo({ path, link, roles }: Place, user: PageContext['user']): Html | null {
  const mayOpen = roles === undefined || roles.some((role) => user.roles.has(role));
  if (link === undefined || !mayOpen) return null;
  return html`<li><a href="${path}"><strong>${link.label}</strong><span>${link.hint}</span></a></li>`;
}

function useCasesOf(useCases: readonly UseCaseState[], hint: string): Html {
  const nameOf = ({ variant, variants }: UseCaseState) => variants.find(({ id }) => id === variant)?.name ?? variant;
  const state = (useCase: UseCaseState) =>
    useCase.enabled
      ? html`<span class="state good">enabled</span>${useCase.variant !== null && `, ${nameOf(useCase)}`}`
      : html`<span class="state">disabled</span>`;
  if (!canBegin(useCases)) return html`<p class="note" role="status">${hint}</p>`;
  return html`<dl>${useCases.map((each) => html`<dt>${each.name}</dt><dd>${state(each)}</dd>`)}</dl>`;
}
