import type { UseCasePreviewBody } from '../../../src/variants/use-cases/use-case-preview-routes.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { stateAfterUndo, type Change } from './changes.js';
import { choiceText, stateText, type UseCaseDetails } from './use-case-data.js';

const words = texts.useCases.change;

export interface PreviewProps {
  readonly details: UseCaseDetails;
  readonly change: Change;
  /** Null where no variant takes over from another. */
  readonly preview: UseCasePreviewBody | null;
}

/** What a change will do: to new requests, to open forms, to requests that are registered, and to whom. */
export function Preview({ details, change, preview }: PreviewProps) {
  return (
    <section class="card" aria-labelledby="will-do">
      <h2 id="will-do">{words.willDo}</h2>
      <Lead details={details} change={change} preview={preview} />
      {preview !== null && (
        <>
          {change.kind !== 'disable' && <NowAndThen details={details} preview={preview} />}
          <h3>{words.staying}</h3>
          <p class="soft">{words.stayingIntro}</p>
          <Staying details={details} preview={preview} />
        </>
      )}
    </section>
  );
}

function Lead({ details, change: { kind }, preview }: PreviewProps) {
  if (kind === 'disable')
    return (
      <p>
        <strong>{words.stops}</strong>
      </p>
    );
  if (kind !== 'undo')
    return (
      <p>
        <strong>{preview?.sentence ?? words.follows}</strong>
      </p>
    );
  const state = stateAfterUndo(details);
  if (state === null) return <p>{words.nothingToUndo}</p>;
  return (
    <p>
      {words.undoTo} <strong>{stateText(details.useCase, state)}</strong>
    </p>
  );
}

function NowAndThen({
  details: { useCase },
  preview,
}: {
  readonly details: UseCaseDetails;
  readonly preview: UseCasePreviewBody;
}) {
  const { now, then, tasksNow, tasksThen, cardTypes, groups, openForms } = preview;
  const tasks = (list: UseCasePreviewBody['tasksNow']) =>
    list.map(({ name, groups: who }) => words.task(name, who)).join(', ') || words.noTasks;
  return (
    <dl>
      <dt>{words.nowLabel}</dt>
      <dd>{now === null ? words.nothing : choiceText(useCase, now)}</dd>
      <dt>{words.thenLabel}</dt>
      <dd>{choiceText(useCase, then)}</dd>
      {now !== null && (
        <>
          <dt>{words.tasksNow}</dt>
          <dd>{tasks(tasksNow)}</dd>
        </>
      )}
      <dt>{words.tasksThen}</dt>
      <dd>{tasks(tasksThen)}</dd>
      <dt>{words.forTypes}</dt>
      <dd>{cardTypes.join(', ') || words.noTypes}</dd>
      <dt>{words.groups}</dt>
      <dd>{groups.join(', ')}</dd>
      <dt>{words.openForms}</dt>
      <dd>{words.formCount(openForms)}</dd>
    </dl>
  );
}

function Staying({
  details: { useCase },
  preview: { staying },
}: {
  readonly details: UseCaseDetails;
  readonly preview: UseCasePreviewBody;
}) {
  return (
    <DataTable
      caption={words.stayingCaption}
      rows={staying}
      keyOf={({ variant, version }) => `${variant} ${version}`}
      empty={words.stayingNone}
      columns={[
        { heading: words.stayingWay, cell: (row) => choiceText(useCase, row) },
        { heading: words.stayingRequests, cell: ({ requests }) => requests },
        {
          heading: words.stayingSteps,
          cell: ({ steps }) =>
            steps.map(({ name, instances }) => words.atStep(name, instances)).join(', ') || texts.common.none,
        },
      ]}
    />
  );
}
