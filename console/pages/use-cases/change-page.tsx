import type { UseCasePreviewBody } from '../../../src/variants/use-cases/use-case-preview-routes.js';
import { at, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { usePlace } from '../../app/router.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { ChangeForm } from './change-form.js';
import { ChangeSelection } from './change-selection.js';
import { previewOf, readChange } from './changes.js';
import { Preview } from './preview.js';
import { SideBySide } from './side-by-side.js';
import { loadUseCase, versionOf } from './use-case-data.js';

const words = texts.useCases.change;

/** A change of a use case: what it will do, shown before it is made, and the form that makes it. */
export default function ChangePage({ params: { id = '' } }: PageProps) {
  const { query } = usePlace();
  const resource = useResource(`change ${id} ${query.toString()}`, async (signal) => {
    const details = await loadUseCase(id, signal);
    const change = readChange(query, details);
    const asked = previewOf(change, details.useCase);
    const preview = asked === null ? null : await get<UseCasePreviewBody>(at`/use-cases/${id}/preview`, asked, signal);
    return { details, change, preview };
  });
  const title =
    resource.data === undefined
      ? texts.useCases.title
      : words.titles[resource.data.change.kind](resource.data.details.useCase.name);
  return (
    <Page title={title} intro={words.nothingYet}>
      <Loaded resource={resource}>
        {({ details, change, preview }) => {
          const { versions } = details;
          const now = preview?.now == null ? null : (versionOf(versions, preview.now) ?? null);
          const then = change.kind === 'disable' || preview === null ? undefined : versionOf(versions, preview.then);
          return (
            <>
              <ChangeSelection details={details} change={change} />
              <Preview details={details} change={change} preview={preview} />
              <ChangeForm details={details} change={change} reload={resource.reload} />
              {then !== undefined && (
                <section aria-labelledby="diagrams">
                  <h2 id="diagrams">{words.diagrams}</h2>
                  <SideBySide left={now} right={then} headings={[words.nowLabel, words.thenLabel]} />
                </section>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
