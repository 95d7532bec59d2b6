import type { Command } from 'commander';
import { z } from 'zod';
import { moreLines, wholeNumber, withPages, type PageOptions } from '../arguments.js';
import { CliFailure } from '../failures.js';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';
import { diff, diffLines } from './processes.js';
import { pathOf, useCase, type UseCase } from './use-case-answers.js';

const choice = z.looseObject({ variant: z.string(), version: z.number() });
type Choice = z.infer<typeof choice>;
const history = z.looseObject({
  items: z.array(
    z.looseObject({
      revision: z.number(),
      at: z.string(),
      actor: z.string(),
      reason: z.string().nullable(),
      enabled: z.boolean(),
      choice: choice.nullable(),
      cardTypes: z.record(z.string(), choice),
    }),
  ),
  next: z.string().nullable(),
});
const preview = z.looseObject({
  now: choice.nullable(),
  then: choice,
  sentence: z.string(),
  changes: diff.nullable(),
  staying: z.array(
    choice.extend({ requests: z.number(), steps: z.array(z.looseObject({ name: z.string(), instances: z.number() })) }),
  ),
  openForms: z.number(),
});
type Preview = z.infer<typeof preview>;

const versionNumber = wholeNumber(1, 999_999);
const reasonOption = ['--reason <text>', 'shown in the history'] as const;

interface ChoiceOptions {
  readonly variant?: string;
  readonly version?: number;
  readonly cardType?: string;
  readonly follow?: true;
  readonly reason?: string;
}

/** `use-case release | undo | history | preview | card-type`. */
export function addChoiceCommands(group: Command, open: OpenSession): void {
  group
    .command('release')
    .description('let new requests take a version of a variant in use; an older one goes back to it')
    .argument('<use-case>', 'for example request-card')
    .requiredOption('--variant <variant>', 'the variant in use')
    .requiredOption('--version <n>', 'the version to release', versionNumber)
    .option(...reasonOption)
    .addHelpText('after', '\nRequests that are registered already keep the version that they have.')
    .action(async (id: string, { variant, version, reason }: ChoiceOptions, command: Command) => {
      const { api, out } = await open(command);
      const call = { method: 'POST', path: `${pathOf(id)}/release`, body: { variant, version, reason } } as const;
      const changed = await api.call(call, useCase);
      out.show(changed, () => [plain(`Version ${version} of ${variant} is released: new requests take it.`)]);
    });
  group
    .command('undo')
    .description('take back the last change of a use case')
    .argument('<use-case>', 'for example request-card')
    .option(...reasonOption)
    .action(async (id: string, { reason }: ChoiceOptions, command: Command) => {
      const { api, out } = await open(command);
      const changed = await api.call({ method: 'POST', path: `${pathOf(id)}/undo`, body: { reason } }, useCase);
      out.show(changed, () => [stateSentence(changed)]);
    });
  withPages(group.command('history'))
    .description('show every state of a use case, the newest first')
    .argument('<use-case>', 'for example request-card')
    .action(async (id: string, { limit, cursor }: PageOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: `${pathOf(id)}/history`, query: { limit, cursor } }, history);
      const rows = answer.items.map(({ at, actor, enabled, choice: chosen, cardTypes, reason }) => [
        at.slice(0, 16).replace('T', ' '),
        actor,
        enabled ? 'enabled' : 'disabled',
        [
          chosen === null ? '' : choiceText(chosen),
          ...Object.entries(cardTypes).map(([type, each]) => `${type}: ${choiceText(each)}`),
        ].join(', '),
        reason,
      ]);
      out.show(answer, () => [
        ...table(['When', 'Who', 'State', 'Variant (version)', 'Reason'], rows),
        ...moreLines(answer.next),
      ]);
    });
  group
    .command('preview')
    .description('show what choosing a variant or version would change')
    .argument('<use-case>', 'for example request-card')
    .option('--variant <variant>', 'by default the one chosen now')
    .option('--version <n>', 'by default the newest', versionNumber)
    .option('--card-type <type>', 'for this card type only')
    .action(async (id: string, { variant, version, cardType }: ChoiceOptions, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: `${pathOf(id)}/preview`, query: { variant, version, cardType } }, preview);
      out.show(answer, () => previewLines(answer));
    });
  group
    .command('card-type')
    .description('give a card type a variant of its own, or let it follow the use case again')
    .argument('<use-case>', 'for example request-card')
    .argument('<card-type>', 'for example contractor')
    .option('--variant <variant>', 'how cards of this type are requested')
    .option('--version <n>', 'release this version; without it, a variant in use keeps its own', versionNumber)
    .option('--follow', 'follow the use case again')
    .option(...reasonOption)
    .action(async (id: string, cardType: string, options: ChoiceOptions, command: Command) => {
      const { variant, version, follow, reason } = options;
      if ((variant === undefined) === (follow === undefined))
        throw new CliFailure('usage', 'Give either --variant or --follow.');
      const { api, out } = await open(command);
      const path = `${pathOf(id)}/card-types/${encodeURIComponent(cardType)}`;
      const changed = follow
        ? await api.call({ method: 'DELETE', path, query: { reason } }, useCase)
        : await api.call({ method: 'PUT', path, body: { variant, version, reason } }, useCase);
      out.show(changed, () => [stateSentence(changed)]);
    });
}

function choiceText({ variant, version }: Choice): string {
  return `${variant} (${version})`;
}

function stateSentence({ name, enabled, variant, version, cardTypes }: UseCase): string {
  const own = Object.entries(cardTypes).map(([type, each]) => `, ${type} in ${choiceText(each)}`);
  const how =
    variant === null || version === null ? '' : ` in the variant ${choiceText({ variant, version })}${own.join('')}`;
  return plain(`${name} is ${enabled ? 'enabled' : 'disabled'}${how}.`);
}

function previewLines({ now, then, sentence, changes, staying, openForms }: Preview): string[] {
  const from = now === null ? 'Nothing is chosen now' : `Now ${choiceText(now)}`;
  const places = ({ steps }: Preview['staying'][number]) =>
    steps.map(({ name, instances }) => `${instances} at "${name}"`).join(', ');
  return [
    plain(`${from}, then ${choiceText(then)}. ${sentence}`),
    ...staying.map((each) => plain(`${each.requests} open requests stay in ${choiceText(each)}: ${places(each)}.`)),
    ...(openForms === 0 ? [] : [`${openForms} open forms of operators will be asked to confirm again.`]),
    ...(changes === null ? [] : ['', ...diffLines(changes)]),
  ];
}
