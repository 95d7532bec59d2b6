import type { MailBody } from '../../../src/records/mail/mail-routes.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import type { Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';
import { MailStateBadge, recipientOf } from './mail-state.js';
import { SendFailedAgain } from './send-again.js';

const words = texts.mails;

const filters: readonly Filter[] = [
  { name: 'q', kind: 'text', label: words.filters.q, hint: words.filters.qHint },
  { name: 'state', kind: 'choice', label: words.filters.state, choices: Object.entries(words.states) },
];

const columns: readonly [Column<MailBody>, ...Column<MailBody>[]] = [
  { heading: words.columns.subject, cell: ({ id, subject }) => <a href={pageUrl(`/mails/${id}`)}>{subject}</a> },
  { heading: words.columns.to, cell: recipientOf },
  {
    heading: words.columns.state,
    cell: ({ state, lastError }) => (
      <>
        <MailStateBadge state={state} />
        {lastError !== null && <p>{lastError}</p>}
      </>
    ),
  },
  { heading: words.columns.attempts, cell: ({ attempts }) => attempts },
  { heading: words.columns.written, cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** The outbox. */
export default function MailsPage() {
  return (
    <Page title={words.title} intro={`${words.intro} ${words.tries}`}>
      <RecordList
        from="/mails"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
        tools={() => <SendFailedAgain />}
      />
    </Page>
  );
}
