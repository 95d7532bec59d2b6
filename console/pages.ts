import type { FunctionComponent } from 'preact';
import type { PageProps } from './app/page-props.js';
import { texts } from './texts.js';

/** Headings of the navigation, in its order. */
export const sections = ['processes', 'cards', 'directory', 'records'] as const;

/** A page: where it is, where it is linked from, and its code, which is fetched when it is first opened. */
export interface PageSpec {
  /** Below `/console`, with parameters as `:id`. */
  readonly path: string;
  /** Its line in the navigation; pages without one are reached from others. */
  readonly link?: { readonly section: (typeof sections)[number]; readonly label: string };
  readonly load: () => Promise<{ readonly default: FunctionComponent<PageProps> }>;
}

/** Every page, in the order of the navigation; the first one is where the console begins. */
export const pages: readonly PageSpec[] = [
  {
    path: '/use-cases',
    link: { section: 'processes', label: texts.useCases.title },
    load: () => import('./pages/use-cases/use-cases-page.js'),
  },
  { path: '/use-cases/:id', load: () => import('./pages/use-cases/use-case-page.js') },
  { path: '/use-cases/:id/change', load: () => import('./pages/use-cases/change-page.js') },
  {
    path: '/options',
    link: { section: 'processes', label: texts.options.title },
    load: () => import('./pages/options/options-page.js'),
  },
  {
    path: '/cards',
    link: { section: 'cards', label: texts.cards.title },
    load: () => import('./pages/cards/cards-page.js'),
  },
  { path: '/cards/:id', load: () => import('./pages/cards/card-page.js') },
  {
    path: '/requests',
    link: { section: 'cards', label: texts.requests.title },
    load: () => import('./pages/requests/requests-page.js'),
  },
  {
    path: '/batches',
    link: { section: 'cards', label: texts.batches.title },
    load: () => import('./pages/batches/batches-page.js'),
  },
  { path: '/batches/:id', load: () => import('./pages/batches/batch-page.js') },
  {
    path: '/holders',
    link: { section: 'directory', label: texts.holders.title },
    load: () => import('./pages/holders/holders-page.js'),
  },
  { path: '/holders/import', load: () => import('./pages/holders/import-page.js') },
  { path: '/holders/:id', load: () => import('./pages/holders/holder-page.js') },
  {
    path: '/card-types',
    link: { section: 'directory', label: texts.cardTypes.title },
    load: () => import('./pages/card-types/card-types-page.js'),
  },
  { path: '/card-types/+new', load: () => import('./pages/card-types/card-type-page.js') },
  { path: '/card-types/:id', load: () => import('./pages/card-types/card-type-page.js') },
  {
    path: '/number-ranges',
    link: { section: 'directory', label: texts.numberRanges.title },
    load: () => import('./pages/number-ranges/number-ranges-page.js'),
  },
  { path: '/number-ranges/+new', load: () => import('./pages/number-ranges/number-range-page.js') },
  { path: '/number-ranges/:id', load: () => import('./pages/number-ranges/number-range-page.js') },
  {
    path: '/backends',
    link: { section: 'directory', label: texts.backends.title },
    load: () => import('./pages/backends/backends-page.js'),
  },
  { path: '/backends/+new', load: () => import('./pages/backends/backend-page.js') },
  { path: '/backends/:id', load: () => import('./pages/backends/backend-page.js') },
  {
    path: '/accounts',
    link: { section: 'directory', label: texts.accounts.title },
    load: () => import('./pages/accounts/accounts-page.js'),
  },
  { path: '/accounts/+new', load: () => import('./pages/accounts/new-account-page.js') },
  { path: '/accounts/:id', load: () => import('./pages/accounts/account-page.js') },
  {
    path: '/changes',
    link: { section: 'directory', label: texts.changes.title },
    load: () => import('./pages/changes/changes-page.js'),
  },
  {
    path: '/groups',
    link: { section: 'directory', label: texts.groups.title },
    load: () => import('./pages/groups/groups-page.js'),
  },
  { path: '/groups/+new', load: () => import('./pages/groups/group-page.js') },
  { path: '/groups/:id', load: () => import('./pages/groups/group-page.js') },
  {
    path: '/insight',
    link: { section: 'records', label: texts.insight.title },
    load: () => import('./pages/insight/insight-page.js'),
  },
  {
    path: '/retention',
    link: { section: 'records', label: texts.retention.title },
    load: () => import('./pages/retention/retention-page.js'),
  },
  {
    path: '/mails',
    link: { section: 'records', label: texts.mails.title },
    load: () => import('./pages/mails/mails-page.js'),
  },
  { path: '/mails/:id', load: () => import('./pages/mails/mail-page.js') },
  {
    path: '/audit',
    link: { section: 'records', label: texts.audit.title },
    load: () => import('./pages/audit/audit-page.js'),
  },
  {
    path: '/evidence',
    link: { section: 'records', label: texts.evidence.title },
    load: () => import('./pages/evidence/evidence-page.js'),
  },
];
