import type { AccountBody } from '../../../src/directory/accounts/account-routes.js';
import type { GroupBody } from '../../../src/directory/groups/group-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordList, type Filter, type Records } from '../../ui/record-list.js';
import { Time } from '../../ui/time.js';
import { Conflicts } from './conflicts.js';
import { RoleSecondFactor } from './role-second-factor.js';

const words = texts.accounts;

const filters: readonly Filter[] = [
  { name: 'q', kind: 'text', label: words.filters.q, hint: words.filters.qHint },
  { name: 'role', kind: 'choice', label: words.filters.role, choices: Object.entries(words.roles) },
];

const columns: readonly [Column<AccountBody>, ...Column<AccountBody>[]] = [
  {
    heading: words.columns.account,
    cell: ({ id, name, email }) => (
      <>
        <a href={pageUrl(`/accounts/${encodeURIComponent(id)}`)}>{id}</a>
        <p class="soft">
          {name}
          <br />
          {email}
        </p>
      </>
    ),
  },
  {
    heading: words.columns.roles,
    cell: ({ roles }) => roles.map((role) => words.roles[role]).join(', ') || words.noRoles,
  },
  {
    heading: words.columns.conflicts,
    cell: ({ conflicts }) => (conflicts.length === 0 ? texts.common.none : <Conflicts conflicts={conflicts} />),
  },
  {
    heading: words.columns.lastSignIn,
    cell: ({ lastSignInAt }) => (lastSignInAt === null ? words.never : <Time at={lastSignInAt} />),
  },
];

/** Who may sign in, who is in which role, and which roles should not come together. */
export default function AccountsPage() {
  const groups = useResource('groups', (signal) => get<Records<GroupBody>>('/groups', {}, signal));
  return (
    <Page title={words.title} intro={words.intro}>
      <RecordList
        from="/accounts"
        caption={words.caption}
        filters={filters}
        columns={columns}
        keyOf={({ id }) => id}
        empty={words.empty}
        tools={() => (
          <a class="button" href={pageUrl('/accounts/+new')}>
            {words.create}
          </a>
        )}
      />
      <h2>{words.groups.title}</h2>
      <Loaded resource={groups}>
        {({ items }) => (
          <DataTable
            caption={words.groups.caption}
            rows={items.flatMap(({ role, ...group }) => (role === null ? [] : [{ ...group, role }]))}
            keyOf={({ role }) => role}
            empty={null}
            columns={[
              {
                heading: words.groups.columns.role,
                cell: ({ role, group }) => (
                  <>
                    {words.roles[role]}
                    <p class="soft">{group}</p>
                  </>
                ),
              },
              {
                heading: words.groups.columns.members,
                cell: ({ members }) => members.join(', ') || words.groups.nobody,
              },
              {
                heading: words.groups.columns.conflicts,
                cell: ({ conflictsWith }) =>
                  conflictsWith.map(({ role }) => words.roles[role]).join(', ') || texts.common.none,
              },
              {
                heading: words.groups.columns.secondFactor,
                cell: (group) => <RoleSecondFactor group={group} onSaved={groups.reload} />,
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
