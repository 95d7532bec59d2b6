import type { GroupBody } from '../../../src/directory/groups/group-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import { DataTable } from '../../ui/data-table.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import type { Records } from '../../ui/record-list.js';

const words = texts.groups;

/** Groups of the organisation's own. */
export default function GroupsPage() {
  const resource = useResource('own groups', (signal) => get<Records<GroupBody>>('/groups', {}, signal));
  return (
    <Page title={words.title} intro={words.intro}>
      <p>
        <a class="button" href={pageUrl('/groups/+new')}>
          {words.add}
        </a>
      </p>
      <Loaded resource={resource}>
        {({ items }) => (
          <DataTable
            caption={words.caption}
            rows={items.filter(({ role }) => role === null)}
            keyOf={({ id }) => id}
            empty={words.empty}
            columns={[
              {
                heading: words.columns.name,
                cell: ({ id, name, description }) => (
                  <>
                    <a href={pageUrl(`/groups/${id}`)}>{name}</a>
                    <p class="soft">{[id, description].filter((text) => text !== '').join(' – ')}</p>
                  </>
                ),
              },
              {
                heading: words.columns.members,
                cell: ({ members }) =>
                  members.length === 0 ? <Badge text={words.nobody} tone="bad" /> : members.join(', '),
              },
              {
                heading: words.columns.mayApprove,
                cell: ({ mayApprove }) => (mayApprove ? words.mayApprove : texts.common.none),
              },
              { heading: words.columns.state, cell: ({ retired }) => (retired ? words.retired : words.inUse) },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
