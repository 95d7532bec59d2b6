import { useMemo } from 'preact/hooks';
import type {
  DiagramDiffBody,
  OccupiedStepBody,
  ProcessVersionBody,
} from '../../../src/variants/deployments/process-routes.js';
import { at, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { Diagram } from '../../ui/diagram/diagram.js';
import { Loaded } from '../../ui/loaded.js';
import type { Records } from '../../ui/record-list.js';
import { versionKey } from './use-case-data.js';

const words = texts.useCases.compare;

/** How often running instances are counted again while the page is seen (ms). */
const countEveryMs = 5_000;

type Kind = keyof typeof words.legend;

export interface SideBySideProps {
  /** Null where there is nothing to compare with. */
  readonly left: ProcessVersionBody | null;
  readonly right: ProcessVersionBody;
  /** Headings of the sides, where they are more than the versions themselves. */
  readonly headings?: readonly [left: string, right: string];
}

/** Two versions as diagrams, what distinguishes them coloured and in words, and what runs in each step. */
export function SideBySide({ left, right, headings }: SideBySideProps) {
  const pair = left === null || versionKey(left) === versionKey(right) ? null : ([left, right] as const);
  const key = `diff ${pair === null ? 'none' : pair.map(versionKey).join(' ')}`;
  const diff = useResource(key, async (signal) => {
    if (pair === null) return null;
    const query = { from: pair[0].version, to: pair[1].version, toKey: pair[1].processDefinitionKey };
    return get<DiagramDiffBody>(at`/process-definitions/${pair[0].processDefinitionKey}/diff`, query, signal);
  });
  return (
    <Loaded resource={diff}>
      {(found) => (
        <>
          <div class="sides">
            {left !== null && (
              <Side version={left} heading={headings?.[0]} diff={found} kinds={['removed', 'changed']} />
            )}
            {(left === null || pair !== null) && (
              <Side version={right} heading={headings?.[1]} diff={found} kinds={['added', 'changed']} />
            )}
          </div>
          {found === null ? left !== null && <p class="soft">{words.itself}</p> : <Differences diff={found} />}
        </>
      )}
    </Loaded>
  );
}

interface SideProps {
  readonly version: ProcessVersionBody;
  readonly heading: string | undefined;
  readonly diff: DiagramDiffBody | null;
  /** The differences that this side shows. */
  readonly kinds: readonly Kind[];
}

function Side({ version, heading, diff, kinds }: SideProps) {
  const { processDefinitionKey: key, version: number, name } = version;
  const path = at`/process-definitions/${key}/versions/${number}`;
  const title = texts.useCases.version(name, number);
  const xml = useResource(`xml ${path}`, (signal) => get<string>(`${path}/xml`, {}, signal));
  const steps = useResource(
    `steps ${path}`,
    (signal) => get<Records<OccupiedStepBody>>(`${path}/steps`, {}, signal),
    countEveryMs,
  );
  const occupied = steps.data?.items;
  const counted = JSON.stringify(occupied ?? []);
  const marks = useMemo(
    () => ({ changes: changesOf(diff, kinds), counts: countsOf(occupied ?? []) }),
    [diff, kinds.join(), counted],
  );
  return (
    <section class="side" aria-label={heading === undefined ? title : `${heading}: ${title}`}>
      <h3>
        {heading !== undefined && <span class="soft">{heading}: </span>}
        {title}
      </h3>
      <Loaded resource={xml}>{(text) => <Diagram name={title} xml={text} marks={marks} />}</Loaded>
      {occupied !== undefined && <Steps steps={occupied} />}
    </section>
  );
}

/** What the badges on the diagram say, for those who do not see them. */
function Steps({ steps }: { readonly steps: readonly OccupiedStepBody[] }) {
  if (steps.length === 0) return <p class="soft">{words.none}</p>;
  return (
    <ul class="steps" aria-label={words.steps}>
      {steps.map(({ id, name, instances }) => (
        <li key={id}>
          <span class="count">{instances}</span> {name}
        </li>
      ))}
    </ul>
  );
}

/** The differences in words, beneath the diagrams that colour them. */
function Differences({ diff }: { readonly diff: DiagramDiffBody }) {
  const { added, removed, changed, same } = diff;
  if (same) return <p class="soft">{words.same}</p>;
  const list: readonly (readonly [Kind, DiagramDiffBody['added'][number], readonly string[]])[] = [
    ...removed.map((element) => ['removed', element, []] as const),
    ...added.map((element) => ['added', element, []] as const),
    ...changed.map((element) => ['changed', element, element.changes] as const),
  ];
  return (
    <>
      <ul class="legend">
        {(Object.keys(words.legend) as Kind[]).map((kind) => (
          <li key={kind}>
            <span class={`sign ${className(kind)}`}>{words.signs[kind]}</span> {words.legend[kind]}
          </li>
        ))}
      </ul>
      <details>
        <summary>{words.count(list.length)}</summary>
        <ul class="differences">
          {list.map(([kind, { id, name, type }, changes]) => (
            <li key={`${kind} ${id}`}>
              <span class={`sign ${className(kind)}`} title={words.legend[kind]}>
                {words.signs[kind]}
              </span>{' '}
              {name ?? id}{' '}
              <span class="soft">
                ({type}, {words.legend[kind]})
              </span>
              {changes.length > 0 && (
                <ul>
                  {changes.map((change) => (
                    <li key={change}>{change}</li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function changesOf(diff: DiagramDiffBody | null, kinds: readonly Kind[]) {
  const entries = kinds.flatMap((kind) =>
    (diff?.[kind] ?? []).map(
      ({ id }) => [id, { className: className(kind), sign: words.signs[kind], meaning: words.legend[kind] }] as const,
    ),
  );
  return new Map(entries);
}

function countsOf(steps: readonly OccupiedStepBody[]) {
  return new Map(steps.map(({ id, instances }) => [id, { count: instances, meaning: words.instances(instances) }]));
}

function className(kind: Kind): string {
  return `diff-${kind}`;
}
