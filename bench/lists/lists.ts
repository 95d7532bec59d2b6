/** A list with the SQL of its order, and what its cursor holds of a row. */
export interface List {
  /** Below `/api/v1`. */
  readonly path: string;
  readonly from: string;
  readonly order: string;
  readonly position: string;
}

const byTime = `json_build_object('createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'id', id)`;
const newest = 'created_at desc, id desc';
const newestId = 'id desc';

/** Of each the first, a middle and the last page is read. */
export const lists: readonly List[] = [
  { path: '/cards', from: 'card', order: newest, position: byTime },
  { path: '/cards?state=issued', from: `card where state = 'issued'`, order: newest, position: byTime },
  {
    path: '/cards?state=failed&cardType=visitor',
    from: `card where state = 'failed' and card_type = 'visitor'`,
    order: newest,
    position: byTime,
  },
  { path: '/card-requests', from: 'card_request', order: newest, position: byTime },
  {
    path: '/card-requests?state=approved',
    from: `card_request where state = 'approved'`,
    order: newest,
    position: byTime,
  },
  {
    path: '/card-requests?requester=operator3',
    from: `card_request where requester = 'operator3'`,
    order: newest,
    position: byTime,
  },
  {
    path: '/card-requests?cardType=visitor',
    from: `card_request where card_type = 'visitor'`,
    order: newest,
    position: byTime,
  },
  {
    path: '/holders',
    from: 'holder',
    order: 'family_name, given_name, id',
    position: `json_build_object('familyName', family_name, 'givenName', given_name, 'id', id)`,
  },
  { path: '/batch-orders', from: 'batch_order', order: newest, position: byTime },
  { path: '/mails', from: 'mail', order: newestId, position: `json_build_object('id', cast(id as text))` },
  {
    path: '/mails?state=failed',
    from: `mail where state = 'failed'`,
    order: newestId,
    position: `json_build_object('id', cast(id as text))`,
  },
  { path: '/audit', from: 'audit', order: newestId, position: 'to_json(cast(id as text))' },
  {
    path: '/audit?actor=approver3',
    from: `audit where actor = 'approver3'`,
    order: newestId,
    position: 'to_json(cast(id as text))',
  },
  {
    path: '/audit?action=request-approved',
    from: `audit where action = 'request-approved'`,
    order: newestId,
    position: 'to_json(cast(id as text))',
  },
];

const year = 'from=2025-01-02T00:00:00Z&to=2026-01-02T00:00:00Z&per=week';
const month = 'from=2025-12-01T00:00:00Z&to=2026-01-01T00:00:00Z';

/** Searches, with such as find nothing. */
export const searches: readonly string[] = [
  '/cards?q=N77777',
  '/cards?q=Family123',
  '/cards?q=nobody-at-all',
  '/cards?q=nobody-at-all&state=failed',
  '/card-requests?q=B-77777',
  '/card-requests?q=Family123',
  '/card-requests?q=nobody-at-all',
  '/holders?q=B-77777',
  '/holders?q=Family123',
  '/holders?q=Given12%20Family',
  '/holders?q=nobody-at-all',
  '/mails?q=nobody-at-all',
  '/audit?action=nothing',
  '/audit?objectId=nothing',
  '/accounts',
  '/incidents',
];

/** Figures over many cards, which nobody leafs through. */
export const figures: readonly string[] = [
  '/retention',
  `/insight/counts?${month}`,
  `/insight/durations?${month}`,
  `/insight/failures?${month}`,
  '/insight/open-approvals',
  '/insight/waiting',
  `/insight/counts?${year}`,
  `/insight/durations?${year}`,
];
