import { z } from 'zod';
import { errorTable, ProductError } from '../../kernel/errors.js';
import type { HolderPosition } from '../../directory/holders/holder-types.js';
import { badge } from '../../web/pages/badge.js';
import { dataTable } from '../../web/pages/data-table.js';
import { html, type Html } from '../../web/pages/html.js';
import { largestBatch, listRows } from '../../batch-rows/index.js';
import type { BatchDetails, BatchRow } from '../../batch-rows/batch-types.js';
import {
  countChoosableHolders,
  departmentsOfHolders,
  listChoosableHolders,
  type ChoosableHolder,
} from '../requesting/holder-choosing.js';
import { namesInFile, namesInText } from '../requesting/holder-names.js';
import { choosingHoldersForm } from '../requesting/request-batch-form.js';
import { chooseHolders, forgetSkipped, leaveHolders, nameHolders, tickHolders } from '../requesting/request-draft.js';
import type { ChoosingKind } from './choosing-kind.js';
import { ticksOf } from './ticks.js';

/** Of those who cannot get a card, so many are shown. */
const shownSkipped = 50;
/** Largest list of names: as many as a batch order takes, with room for other columns. */
const namesLimitBytes = 200 * largestBatch;

/** The active card holders for whom a batch order is to request cards. */
export const choosingHolders: ChoosingKind<ChoosableHolder, HolderPosition> = {
  kind: 'request',
  segment: 'holders',
  roles: ['operator'],
  fields: ['q', 'department'],
  position: z.object({ familyName: z.string(), givenName: z.string(), id: z.uuid() }),
  columns: [
    {
      heading: 'Can get a card',
      cell: ({ chosen, code }) =>
        chosen ? badge(code === null ? { text: 'yes', tone: 'good' } : { text: titleOf(code), tone: 'bad' }) : '',
    },
  ],
  texts: {
    title: 'Choose card holders for',
    chosen: ({ chosen, skipped }) => (chosen - skipped === 1 ? '1 card holder' : `${chosen - skipped} card holders`),
    note: ({ skipped }) =>
      `${skipped > 0 ? `${skipped} cannot get a card. ` : ''}What you choose is kept at once; nothing is requested here.`,
    back: 'Back to Tasklist to request',
    byChoice: 'Card holders by choice',
    find: 'Find card holders',
    caption: 'Active card holders, by their names',
    noMatch: 'No active card holder matches.',
    none: 'There is no active card holder at present.',
  },
  list: listChoosableHolders,
  count: countChoosableHolders,
  departments: departmentsOfHolders,
  changes: {
    tick: (trx, id, _filter, form) => tickHolders(trx, id, ticksOf(form)),
    choose: chooseHolders,
    leave: leaveHolders,
    named: async (trx, id, _filter, form) => nameHolders(trx, id, await namesOf(form)),
    forget: forgetSkipped,
  },
  limitBytes: 2 * namesLimitBytes,
  shownAtTask: async (db, id) => {
    const { notice, ...json } = await choosingHoldersForm(db, id, null);
    return { json, notice };
  },
  underChosen: async (db, batch, addressOf) => {
    if (batch.counts.skipped === 0) return null;
    const skipped = await listRows(db, batch.id, { state: 'skipped', limit: shownSkipped });
    return skippedList(batch, skipped, addressOf('forget'));
  },
  otherWays: (addressOf) => nameForm(addressOf('named')),
};

/** The first who cannot get a card, and names that no card holder has. */
function skippedList({ counts }: BatchDetails, skipped: readonly BatchRow[], forget: string): Html {
  return html`<details class="card" open>
    <summary>Who cannot get a card</summary>
    ${dataTable<BatchRow>(
      counts.skipped > skipped.length
        ? `The first ${skipped.length} of ${counts.skipped}`
        : 'They are left out; the others continue',
      [
        {
          heading: 'Card holder',
          cell: ({ holder, namedAs }) =>
            html`${holder?.name ?? namedAs} <span class="soft">${holder?.employeeNumber}</span>`,
        },
        { heading: 'Why', cell: ({ reason }) => reason },
      ],
      skipped,
    )}
    <form method="post" action="${forget}">
      <div class="actions"><button class="quiet">Take them out of the list</button></div>
    </form>
  </details>`;
}

function nameForm(address: string): Html {
  return html`<details class="card">
    <summary>Paste a list, or upload a file</summary>
    <form method="post" enctype="multipart/form-data" action="${address}" autocomplete="off">
      <label for="names">Employee numbers</label>
      <textarea id="names" name="names" rows="5" aria-describedby="names-hint"></textarea>
      <p id="names-hint">Also UPNs or e-mail addresses; one a line, or separated by commas or semicolons.</p>
      <label for="file">CSV file</label>
      <input id="file" name="file" type="file" accept=".csv,.txt,text/csv,text/plain" aria-describedby="file-hint" />
      <p id="file-hint">The column employee_number, upn or email counts; without such a heading, the first column.</p>
      <div class="actions"><button>Choose them</button></div>
    </form>
  </details>`;
}

/** What was pasted and what was uploaded, together. A file field that was left empty arrives as a file without a byte. */
async function namesOf(form: FormData): Promise<string[]> {
  const pasted = form.get('names');
  const file = form.get('file');
  if (file instanceof File && file.size > namesLimitBytes) {
    throw new ProductError('payload-too-large', `The file has more than ${namesLimitBytes / 1_000_000} MB. Split it.`);
  }
  const uploaded =
    file instanceof File && file.size > 0 ? await namesInFile(new Uint8Array(await file.arrayBuffer())) : [];
  return [...(typeof pasted === 'string' ? await namesInText(pasted) : []), ...uploaded];
}

function titleOf(code: string): string {
  return Object.entries(errorTable).find(([each]) => each === code)?.[1].title ?? code;
}
