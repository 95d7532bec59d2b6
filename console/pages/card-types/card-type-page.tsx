import type { BackendBody } from '../../../src/production/backends/administration/backend-routes.js';
import type { CardTypeBody } from '../../../src/directory/card-types/card-type-routes.js';
import type { LayoutVersionBody } from '../../../src/cards/layouts/layout-routes.js';
import type { NumberRangeBody } from '../../../src/directory/number-ranges/number-range-routes.js';
import { at, get, getTagged } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { AddedNote } from '../../ui/added-note.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import type { Records } from '../../ui/record-list.js';
import { CardTypeForm, type Choices } from './card-type-form.js';

const words = texts.cardTypes;

/** The most that the interface gives in one answer; nobody has so many. */
const limit = 200;

/** A card type, or the form of a new one. */
export default function CardTypePage({ params: { id } }: PageProps) {
  const resource = useResource(`card-type ${id}`, async (signal) => {
    const [record, choices] = await Promise.all([
      id === undefined ? null : getTagged<CardTypeBody>(at`/card-types/${id}`, signal),
      loadChoices(signal),
    ]);
    return { record, choices };
  });
  const title = id === undefined ? words.newTitle : (resource.data?.record?.body.name ?? words.title);
  return (
    <Page
      title={title}
      intro={
        <>
          {words.approval}: <a href={pageUrl('/use-cases/request-card')}>{words.requestCard}</a>.
        </>
      }
    >
      <AddedNote />
      <Loaded resource={resource}>{({ record, choices }) => <CardTypeForm record={record} choices={choices} />}</Loaded>
    </Page>
  );
}

/** What a card type may name, with what people read. */
async function loadChoices(signal: AbortSignal): Promise<Choices> {
  const [layouts, ranges, backends] = await Promise.all([
    get<Pick<Records<LayoutVersionBody>, 'items'>>('/layouts', {}, signal),
    get<Records<NumberRangeBody>>('/number-ranges', { limit }, signal),
    get<Records<BackendBody>>('/backends', { limit }, signal),
  ]);
  const none = ['', texts.record.notChosen] as const;
  return {
    layouts: [none, ...layouts.items.map(({ layout, version }) => [layout, words.version(layout, version)] as const)],
    numberRanges: [none, ...ranges.items.map(({ id, name }) => [id, name] as const)],
    backends: [none, ...backends.items.map(({ id, name }) => [id, name] as const)],
  };
}
