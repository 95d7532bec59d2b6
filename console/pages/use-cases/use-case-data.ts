import type { CardTypeBody } from '../../../src/directory/card-types/card-type-routes.js';
import type { ProcessVersionBody } from '../../../src/variants/deployments/process-routes.js';
import { useCases, type UseCaseId } from '../../../src/process/contract/use-cases.js';
import type { UseCaseBody, UseCaseStateBody } from '../../../src/variants/use-cases/use-case-routes.js';
import { at, get, getTagged } from '../../app/api.js';
import { texts } from '../../texts.js';
import type { Records } from '../../ui/record-list.js';

const words = texts.useCases;

/** Everything that the pages of one use case show. */
export interface UseCaseDetails {
  readonly useCase: UseCaseBody;
  /** For `If-Match`: a change is refused when somebody else made one after this was read. */
  readonly etag: string | null;
  /** The newest state first. */
  readonly history: readonly UseCaseStateBody[];
  /** Versions of its variants and of its entry process, each process newest first. */
  readonly versions: readonly ProcessVersionBody[];
  readonly cardTypes: readonly CardTypeBody[];
}

/** Reads a use case with its story and everything to choose from. @throws Refusal */
export async function loadUseCase(id: string, signal?: AbortSignal): Promise<UseCaseDetails> {
  const [{ body: useCase, etag }, history, cardTypes] = await Promise.all([
    getTagged<UseCaseBody>(at`/use-cases/${id}`, signal),
    get<Records<UseCaseStateBody>>(at`/use-cases/${id}/history`, { limit: 50 }, signal),
    get<Records<CardTypeBody>>('/card-types', { limit: 200 }, signal),
  ]);
  const keys = [
    ...useCase.variants.map(({ processDefinitionKey }) => processDefinitionKey),
    contractOf(useCase.id).entryProcess,
  ];
  const versions = await Promise.all(
    keys.map((key) => get<Records<ProcessVersionBody>>(at`/process-definitions/${key}/versions`, {}, signal)),
  );
  return {
    useCase,
    etag,
    history: history.items,
    versions: versions.flatMap(({ items }) => items),
    cardTypes: cardTypes.items,
  };
}

/** What the contract says of a use case. */
export function contractOf(id: UseCaseId) {
  return useCases[id];
}

/** A variant in one of its versions, as the API answers a choice. */
export interface Choice {
  readonly variant: string;
  readonly version: number;
}

/** The choice that holds for everyone, if one was made. */
export function chosen({ variant, version }: UseCaseBody): Choice | null {
  return variant === null || version === null ? null : { variant, version };
}

/** A choice in words. */
export function choiceText({ variants }: UseCaseBody, { variant, version }: Choice): string {
  return words.version(variants.find(({ id }) => id === variant)?.name ?? variant, version);
}

/** A state of a use case in words: whether it is enabled, and by which ways. */
export function stateText(
  useCase: UseCaseBody,
  { enabled, choice, cardTypes }: Pick<UseCaseStateBody, 'enabled' | 'choice' | 'cardTypes'>,
): string {
  const ways = [
    enabled ? words.enabled : words.disabled,
    ...(choice === null ? [] : [choiceText(useCase, choice)]),
    ...Object.entries(cardTypes).map(([cardType, own]) => words.history.forType(cardType, choiceText(useCase, own))),
  ];
  return ways.join('; ');
}

/** The deployed version behind a choice. */
export function versionOf(
  versions: readonly ProcessVersionBody[],
  { variant, version }: Choice,
): ProcessVersionBody | undefined {
  return versions.find((each) => each.variant === variant && each.version === version);
}

/** Names a version in an address: `key:version`. */
export function versionKey({
  processDefinitionKey,
  version,
}: Pick<ProcessVersionBody, 'processDefinitionKey' | 'version'>): string {
  return `${processDefinitionKey}:${version}`;
}
