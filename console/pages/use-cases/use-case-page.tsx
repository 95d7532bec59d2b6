import { useResource } from '../../app/resource.js';
import { usePlace } from '../../app/router.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { Loaded } from '../../ui/loaded.js';
import { Note } from '../../ui/note.js';
import { Page } from '../../ui/page.js';
import { CardTypeWays } from './card-type-ways.js';
import { Comparison } from './comparison.js';
import { History } from './history.js';
import { StateSection } from './state-section.js';
import { contractOf, loadUseCase } from './use-case-data.js';
import { VersionTable } from './version-table.js';

const words = texts.useCases;

/** How often running instances are counted again while the page is seen (ms). */
const countEveryMs = 10_000;

/** One use case: its state, its ways with their diagrams, and how it came to be so. */
export default function UseCasePage({ params: { id = '' } }: PageProps) {
  const resource = useResource(`use-case ${id}`, (signal) => loadUseCase(id, signal), countEveryMs);
  const done = usePlace().query.get('done') ?? '';
  const sentence = Object.hasOwn(words.change.done, done)
    ? words.change.done[done as keyof typeof words.change.done]
    : null;
  return (
    <Page title={resource.data?.useCase.name ?? words.title}>
      {sentence !== null && <Note tone="good">{sentence}</Note>}
      <Loaded resource={resource}>
        {(details) => (
          <>
            <StateSection {...details} />
            {!contractOf(details.useCase.id).variantFollows && <CardTypeWays {...details} />}
            <VersionTable {...details} />
            <Comparison {...details} />
            <History {...details} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
