import { useMemo, useState } from 'preact/hooks';
import type { CardStoryBody } from '../../../src/oversight/insight/card-story-routes.js';
import { at, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { Diagram } from '../../ui/diagram/diagram.js';
import { Loaded } from '../../ui/loaded.js';

const words = texts.cards.places;

type Place = CardStoryBody['places'][number];

/** The processes of a card as diagrams: where each has been, and where it stands. */
export function CardPlaces({ places }: { readonly places: readonly Place[] }) {
  return (
    <>
      <h2>{words.title}</h2>
      {places.length === 0 && <p class="empty">{words.none}</p>}
      {places.map((place) => (
        <PlaceInDiagram key={place.processInstanceId} place={place} />
      ))}
    </>
  );
}

/** A process that has ended says less: its diagram is fetched when somebody wants to see it. */
function PlaceInDiagram({ place }: { readonly place: Place }) {
  const title = words.of(place.processKey, place.processVersion);
  const [open, setOpen] = useState(place.activityIds.length > 0);
  return (
    <details class="place" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {title}
        {place.activityIds.length === 0 && <span class="soft"> – {words.ended}</span>}
      </summary>
      {open && <MarkedDiagram place={place} title={title} />}
    </details>
  );
}

function MarkedDiagram({
  place: { processKey, processVersion, activityIds, passedIds },
  title,
}: {
  readonly place: Place;
  readonly title: string;
}) {
  const path = at`/process-definitions/${processKey}/versions/${processVersion}/xml`;
  const xml = useResource(`xml ${path}`, (signal) => get<string>(path, {}, signal));
  const stamp = JSON.stringify([activityIds, passedIds]);
  const marks = useMemo(() => {
    const changes = new Map<string, { className: string; sign: string; meaning: string }>();
    for (const id of passedIds) changes.set(id, { className: 'diff-added', sign: '✓', meaning: words.passed });
    for (const id of activityIds) changes.set(id, { className: 'diff-changed', sign: '●', meaning: words.here });
    return { changes, counts: new Map<string, never>() };
  }, [stamp]);
  return (
    <Loaded resource={xml}>
      {(text) => (
        <>
          <Diagram name={title} xml={text} marks={marks} />
          <Steps xml={text} ids={activityIds} />
        </>
      )}
    </Loaded>
  );
}

/** What the mark on the diagram says, for those who do not see it. */
function Steps({ xml, ids }: { readonly xml: string; readonly ids: readonly string[] }) {
  if (ids.length === 0) return null;
  const names = new Map(
    [...new DOMParser().parseFromString(xml, 'text/xml').querySelectorAll('[id][name]')].map((each) => [
      each.id,
      each.getAttribute('name') ?? each.id,
    ]),
  );
  return (
    <p>
      <strong>{words.here}:</strong> {ids.map((id) => names.get(id) ?? id).join(', ')}
    </p>
  );
}
