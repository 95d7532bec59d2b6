import { accountTexts } from './pages/accounts/account-texts.js';
import { auditTexts } from './pages/audit/audit-texts.js';
import { backendTexts } from './pages/backends/backend-texts.js';
import { batchTexts } from './pages/batches/batch-texts.js';
import { cardTypeTexts } from './pages/card-types/card-type-texts.js';
import { cardTexts } from './pages/cards/card-texts.js';
import { changeTexts } from './pages/changes/change-texts.js';
import { evidenceTexts } from './pages/evidence/evidence-texts.js';
import { groupTexts } from './pages/groups/group-texts.js';
import { holderTexts } from './pages/holders/holder-texts.js';
import { insightTexts } from './pages/insight/insight-texts.js';
import { mailTexts } from './pages/mails/mail-texts.js';
import { numberRangeTexts } from './pages/number-ranges/number-range-texts.js';
import { optionTexts } from './pages/options/option-texts.js';
import { requestTexts } from './pages/requests/request-texts.js';
import { retentionTexts } from './pages/retention/retention-texts.js';
import { useCaseTexts } from './pages/use-cases/use-case-texts.js';

/** Every word that the console says, in one catalogue: what all pages share, and a part of its own for each page. */
export const texts = {
  common: {
    product: 'Open Card Requests',
    navigation: 'Console',
    menu: 'Menu',
    loading: 'Loading …',
    tryAgain: 'Try again',
    cancel: 'Cancel',
    none: '–',
    requestId: 'Request id:',
    noSuchPageTitle: 'Not found',
    noSuchPage: 'The console has no such page. Choose one from the navigation.',
    outdatedTitle: 'Load the console again',
    outdated: 'This page could not be fetched. The server has been updated meanwhile, or does not answer.',
    loadAgain: 'Load again',
    unreachableTitle: 'The server does not answer',
    unreachable: 'No answer came. Check the connection, then try again; nothing is lost.',
    unreadableTitle: 'Something went wrong',
    unreadable: 'The server gave an answer that cannot be read. Try again in a moment.',
    broken: 'Something went wrong in this page. Load it again.',
  },
  sections: {
    processes: 'Processes',
    cards: 'Cards',
    directory: 'Directory',
    records: 'Records',
  },
  list: {
    search: 'Search',
    clear: 'Show all',
    any: 'Any',
    pages: 'Pages of the list',
    first: 'First page',
    next: 'Next page',
  },
  plot: {
    asTable: 'As a table',
    day: 'Day',
  },
  record: {
    add: 'Add',
    save: 'Save',
    saved: 'Saved.',
    added: 'Added.',
    meanwhile: 'Nothing was saved: somebody has changed this meanwhile.',
    became: (field: string, before: string, now: string) => `${field}: ${before} → ${now}`,
    meanwhileIntro: 'Your fields are as you left them. Saving again puts them in place of these.',
    nothing: 'nothing',
    yes: 'yes',
    no: 'no',
    id: 'Id',
    idHint: 'Small letters, digits and hyphens, beginning with a letter. It never changes.',
    notChosen: 'Not chosen yet',
  },
  diagram: {
    of: (name: string) => `Diagram: ${name}`,
    unreadable: 'This diagram cannot be shown.',
    closer: 'Closer',
    farther: 'Farther',
    whole: 'Whole diagram',
    hint: 'Arrow keys move the diagram',
  },
  useCases: useCaseTexts,
  options: optionTexts,
  cards: cardTexts,
  requests: requestTexts,
  batches: batchTexts,
  insight: insightTexts,
  groups: groupTexts,
  holders: holderTexts,
  cardTypes: cardTypeTexts,
  numberRanges: numberRangeTexts,
  backends: backendTexts,
  mails: mailTexts,
  accounts: accountTexts,
  retention: retentionTexts,
  audit: auditTexts,
  changes: changeTexts,
  evidence: evidenceTexts,
} as const;
