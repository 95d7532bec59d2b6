import type { Command } from 'commander';
import { z } from 'zod';
import { canBegin, useCases as contract } from '../../process/contract/use-cases.js';
import { wholeNumber } from '../arguments.js';
import type { OpenSession } from '../session.js';
import { plain, table } from '../table.js';
import { addChoiceCommands } from './use-case-choices.js';
import { pathOf, useCase, type UseCase } from './use-case-answers.js';

const useCaseList = z.looseObject({ items: z.array(useCase) });

const versionNumber = wholeNumber(1, 999_999);

interface EnableOptions {
  readonly variant?: string;
  readonly version?: number;
  readonly reason?: string;
}

/** `use-case list | enable | disable`, and what `addChoiceCommands` adds. */
export function addUseCaseCommands(program: Command, open: OpenSession): void {
  const group = program.command('use-case').description('what operators can start in Tasklist, and how it is done');
  group
    .command('list')
    .description('show which use cases are enabled, in which variant, and which variants there are')
    .action(async (_options: object, command: Command) => {
      const { api, out } = await open(command);
      const answer = await api.call({ path: '/use-cases' }, useCaseList);
      out.show(answer, () => listLines(answer.items));
    });
  group
    .command('enable')
    .description('let operators start a use case, or change how it is done')
    .argument('<use-case>', 'for example request-card')
    .option('--variant <variant>', 'how it is done, for example with-approval; without it, as chosen before')
    .option('--version <n>', 'release this version; without it, a variant in use keeps its own', versionNumber)
    .option('--reason <text>', 'shown in the history')
    .addHelpText('after', '\nRequests that are registered already keep the variant and version that they have.')
    .action(async (id: string, { variant, version, reason }: EnableOptions, command: Command) => {
      const { api, out } = await open(command);
      const body = { enabled: true, variant, version, reason };
      const changed = await api.call({ method: 'PUT', path: pathOf(id), body }, useCase);
      out.show(changed, () => [enabledSentence(changed)]);
    });
  group
    .command('disable')
    .description('stop new starts of a use case; open requests are not affected')
    .argument('<use-case>', 'for example request-card')
    .addHelpText('after', '\nAt least one use case must stay enabled.')
    .action(async (id: string, _options: object, command: Command) => {
      const { api, out } = await open(command);
      const changed = await api.call({ method: 'PUT', path: pathOf(id), body: { enabled: false } }, useCase);
      const sentence = `${plain(changed.name)} is disabled. Nobody can start it any more; open requests are not affected.`;
      out.show(changed, () => [sentence]);
    });
  addChoiceCommands(group, open);
}

/** What became true, for people. */
export function enabledSentence({ name, variant, version }: Pick<UseCase, 'name' | 'variant' | 'version'>): string {
  if (variant === null) return `${plain(name)} is enabled. It can be started in Tasklist.`;
  const id = plain(variant);
  const how = /^with(out)?-/.test(id) ? id.replaceAll('-', ' ') : `in the variant ${id}`;
  return `${plain(name)} is enabled ${how} (version ${version}). Operators can start it in Tasklist.`;
}

/** The table of use cases, and below it what an administrator should know or do. */
export function listLines(useCases: readonly UseCase[]): string[] {
  const rows = useCases.map(({ id, enabled, variant, version, cardTypes, variants }) => [
    id,
    enabled ? 'enabled' : 'disabled',
    variant === null ? null : [`${variant} (${version})`, ...cardTypeChoices(cardTypes)].join(', '),
    variants.map((each) => `${each.id} (${each.version})`).join(', '),
  ]);
  const headings = ['Use case', 'State', 'Chosen variant (version)', 'Variants (newest version)'];
  const hints = [...nothingEnabled(useCases), ...useCases.flatMap(unreleased)];
  return [...table(headings, rows), ...hints.flatMap((hint) => ['', hint])];
}

function cardTypeChoices(cardTypes: UseCase['cardTypes']): string[] {
  return Object.entries(cardTypes).map(([cardType, { variant, version }]) => `${cardType}: ${variant} (${version})`);
}

function nothingEnabled(useCases: readonly UseCase[]): string[] {
  const [first] = useCases;
  if (first === undefined || canBegin(useCases)) return [];
  const known = Object.entries(contract).find(([id]) => id === first.id)?.[1];
  const variant =
    known?.variantFollows === true ? null : (first.variant ?? known?.firstVariant ?? first.variants[0]?.id ?? '');
  return [`At least one use case must be enabled: ${enableCommand(first.id, variant)}`];
}

/** Names a version of the variant in use that nobody has released yet. */
function unreleased({ id, enabled, variant, version, variants }: UseCase): string[] {
  const newest = variants.find((each) => each.id === variant)?.version;
  if (!enabled || variant === null || newest === undefined || version === null || newest <= version) return [];
  const command = plain(`npm run cards -- use-case release ${id} --variant ${variant} --version ${newest}`);
  return [`Version ${newest} of ${plain(variant)} is not released yet: ${command}`];
}

/** @param variant null where nobody chooses it */
function enableCommand(id: string, variant: string | null): string {
  return plain(`npm run cards -- use-case enable ${id}${variant === null ? '' : ` --variant ${variant}`}`);
}
