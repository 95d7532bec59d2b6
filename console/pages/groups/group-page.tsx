import type { GroupBody } from '../../../src/directory/groups/group-routes.js';
import { at, getTagged, type Answer } from '../../app/api.js';
import type { PageProps } from '../../app/page-props.js';
import { useResource } from '../../app/resource.js';
import { navigate, pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { AddedNote } from '../../ui/added-note.js';
import { CheckField, LongTextField, TextField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { RecordForm } from '../../ui/record-form.js';
import { GroupMembers } from './group-members.js';

const words = texts.groups;

/** A group of the organisation's own with its members, or the form of a new one. */
export default function GroupPage({ params: { id } }: PageProps) {
  const resource = useResource(`group ${id}`, async (signal) =>
    id === undefined ? null : getTagged<GroupBody>(at`/groups/${id}`, signal),
  );
  const title = id === undefined ? words.newTitle : (resource.data?.body.name ?? words.title);
  return (
    <Page title={title} intro={words.intro}>
      <AddedNote />
      <Loaded resource={resource}>
        {(record) => (
          <>
            <GroupForm record={record} />
            {record !== null && <GroupMembers group={record.body} onChange={resource.reload} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function GroupForm({ record }: { readonly record: Answer<GroupBody> | null }) {
  return (
    <RecordForm
      collection="/groups"
      record={record}
      labels={words.fields}
      places={{ 'exists-already': record === null ? 'id' : 'name' }}
      draftOf={draftOf}
      contentOf={({ id, retired, ...rest }) => ({ ...rest, ...(record === null ? { id } : { retired }) })}
      onAdded={({ id }) => navigate(pageUrl(`/groups/${id}`, { done: 'added' }))}
    >
      {({ of, ticked }) => (
        <>
          {record === null && <TextField {...of('id')} hint={words.idHint} required maxLength={60} />}
          <TextField {...of('name')} hint={words.nameHint} required maxLength={100} />
          <LongTextField {...of('description')} maxLength={1_000} rows={3} />
          <CheckField {...ticked('mayApprove')} />
          {record !== null && <CheckField {...ticked('retired')} hint={words.retiredHint} />}
        </>
      )}
    </RecordForm>
  );
}

function draftOf(group: GroupBody | null) {
  const { id = '', name = '', description = '', mayApprove = false, retired = false } = group ?? {};
  return { id, name, description, mayApprove, retired };
}
