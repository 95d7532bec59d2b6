import type { ProcessVersionBody } from '../../../src/variants/deployments/process-routes.js';
import { canBegin } from '../../../src/process/contract/use-cases.js';
import type { UseCaseBody } from '../../../src/variants/use-cases/use-case-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import type { Records } from '../../ui/record-list.js';
import { choiceText, chosen, contractOf } from './use-case-data.js';

const words = texts.useCases;

interface Process {
  readonly key: string;
  readonly newest: ProcessVersionBody;
  readonly instances: number;
}

/** How often running instances are counted again while the page is seen (ms). */
const countEveryMs = 10_000;

/** Every use case with its state; where none is enabled, a guide. */
export default function UseCasesPage() {
  const resource = useResource(
    'use-cases',
    async (signal) => {
      const [useCases, processes] = await Promise.all([
        get<Records<UseCaseBody>>('/use-cases', {}, signal),
        get<Records<Process>>('/process-definitions', {}, signal),
      ]);
      return { useCases: useCases.items, processes: processes.items };
    },
    countEveryMs,
  );
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded resource={resource}>
        {({ useCases, processes }) => (
          <>
            {!canBegin(useCases) && <Guide useCases={useCases} />}
            <ul class="tiles">
              {useCases.map((useCase) => (
                <li key={useCase.id}>
                  <UseCaseTile useCase={useCase} processes={processes} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** For a fresh installation: what to do, in order, with the first step as a button. */
function Guide({ useCases }: { readonly useCases: readonly UseCaseBody[] }) {
  const first = useCases.find(({ id }) => contractOf(id).begins && !contractOf(id).variantFollows);
  if (first === undefined) return null;
  const variant = contractOf(first.id).firstVariant ?? '';
  const name = first.variants.find(({ id }) => id === variant)?.name ?? variant;
  return (
    <section class="note guide" aria-labelledby="guide">
      <h2 id="guide">{words.guide.title}</h2>
      <p>{words.guide.lead}</p>
      <ol>
        {words.guide.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <div class="actions">
        <a class="button" href={pageUrl(`/use-cases/${first.id}/change`, { do: 'enable', variant })}>
          {words.guide.begin(first.name, name)}
        </a>
        <a class="button quiet" href={pageUrl(`/use-cases/${first.id}`)}>
          {words.guide.compare(first.name)}
        </a>
      </div>
    </section>
  );
}

function UseCaseTile({
  useCase,
  processes,
}: {
  readonly useCase: UseCaseBody;
  readonly processes: readonly Process[];
}) {
  const { id, name, enabled, variants, cardTypes } = useCase;
  const choice = chosen(useCase);
  const keys: string[] = [
    contractOf(id).entryProcess,
    ...variants.map(({ processDefinitionKey }) => processDefinitionKey),
  ];
  const running = processes.filter(({ key }) => keys.includes(key)).reduce((sum, { instances }) => sum + instances, 0);
  const newer = variants.find((each) => each.id === choice?.variant && each.version > choice.version);
  return (
    <article class="card tile">
      <h2>
        <a href={pageUrl(`/use-cases/${id}`)}>{name}</a>
      </h2>
      <p>
        <Badge text={enabled ? words.enabled : words.disabled} tone={enabled ? 'good' : 'plain'} />{' '}
        <span class="soft">{words.running(running)}</span>
      </p>
      <p>{choice === null ? wayText(useCase) : choiceText(useCase, choice)}</p>
      {Object.entries(cardTypes).map(([cardType, own]) => (
        <p key={cardType} class="soft">
          {words.history.forType(cardType, choiceText(useCase, own))}
        </p>
      ))}
      {newer !== undefined && (
        <p>
          <strong>{words.state.waiting(newer.name, newer.version)}</strong>
        </p>
      )}
    </article>
  );
}

/** How it is done where nobody has chosen. */
function wayText({ id, variants }: UseCaseBody): string {
  const { variantFollows, follows } = contractOf(id);
  if (follows !== null) return words.state.goesBy(contractOf(follows).name);
  if (!variantFollows) return words.state.never;
  return variants.length > 1 ? words.state.follows : words.state.oneWay;
}
