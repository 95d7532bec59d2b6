import type { BackendBody } from '../../../src/production/backends/administration/backend-routes.js';
import { at, getTagged } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { AddedNote } from '../../ui/added-note.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { BackendForm } from './backend-form.js';
import { BackendStateSection } from './backend-state.js';
import { BackendTest } from './backend-test.js';
import { DeleteBackend } from './delete-backend.js';
import { useBackendKinds } from './kinds.js';

const words = texts.backends;

/** A card production backend, or the form of a new one. */
export default function BackendPage({ params: { id } }: PageProps) {
  const resource = useResource(`backend ${id}`, async (signal) =>
    id === undefined ? null : getTagged<BackendBody>(at`/backends/${id}`, signal),
  );
  const kinds = useBackendKinds();
  const title = id === undefined ? words.newTitle : (resource.data?.body.name ?? words.title);
  return (
    <Page title={title} intro={words.intro}>
      <AddedNote />
      <Loaded resource={resource}>
        {(record) =>
          record === null ? (
            <Loaded resource={kinds}>{(known) => <BackendForm record={null} kinds={known} />}</Loaded>
          ) : (
            <>
              <div class="beside">
                <BackendStateSection id={record.body.id} />
                <BackendTest id={record.body.id} />
              </div>
              <Loaded resource={kinds}>{(known) => <BackendForm record={record} kinds={known} />}</Loaded>
              <DeleteBackend id={record.body.id} name={record.body.name} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}
