import type { AuditRowBody } from '../../../src/records/audit/audit-routes.js';
import { apiUrl } from '../../app/api.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import type { Column } from '../../ui/data-table.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';

const words = texts.audit;

const objectTypes = [
  'card',
  'card-request',
  'holder',
  'use-case',
  'process',
  'option',
  'card-type',
  'number-range',
  'layout',
  'backend',
  'secrets',
  'session',
  'account',
  'group',
  'mail',
  'retention',
  'pending-change',
  'batch-order',
  'audit',
  'group',
] as const;

const filters: readonly Filter[] = [
  { name: 'actor', kind: 'text', label: words.filters.actor, hint: words.filters.actorHint },
  { name: 'action', kind: 'text', label: words.filters.action, hint: words.filters.actionHint },
  {
    name: 'objectType',
    kind: 'choice',
    label: words.filters.objectType,
    choices: objectTypes.map((type) => [type, type] as const),
  },
  { name: 'objectId', kind: 'text', label: words.filters.objectId },
  { name: 'from', kind: 'from-day', label: words.filters.from },
  { name: 'to', kind: 'to-day', label: words.filters.to },
];

const columns: readonly [Column<AuditRowBody>, ...Column<AuditRowBody>[]] = [
  {
    heading: words.columns.what,
    cell: (row) => (
      <>
        {row.action}
        <p class="soft">
          {row.objectType} {row.objectId}
        </p>
      </>
    ),
  },
  { heading: words.columns.who, cell: ({ actor }) => actor },
  { heading: words.columns.when, cell: ({ at }) => <Time at={at} /> },
  {
    heading: words.columns.state,
    cell: ({ fromState, toState }) => words.became(fromState, toState) || texts.common.none,
  },
  {
    heading: words.columns.process,
    cell: ({ processKey, processVersion }) =>
      processKey === null ? texts.common.none : words.version(processKey, processVersion),
  },
  { heading: words.columns.details, cell: ({ details }) => <Details details={details} /> },
];

/** What happened. */
export default function AuditPage() {
  return (
    <Page title={words.title} intro={words.intro}>
      <p>
        <a href={pageUrl('/evidence')}>{words.evidence}</a>
      </p>
      <RecordList
        from="/audit"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
        tools={(query) => (
          <a class="button quiet" href={apiUrl('/audit.csv', query)} download>
            {words.export}
          </a>
        )}
      />
    </Page>
  );
}

function Details({ details }: { readonly details: Readonly<Record<string, unknown>> }) {
  if (Object.keys(details).length === 0) return <>{texts.common.none}</>;
  return (
    <details>
      <summary>{words.showDetails}</summary>
      <pre>{JSON.stringify(details, null, 2)}</pre>
    </details>
  );
}
