import type { UseCaseBody, UseCaseStateBody } from '../../../src/variants/use-cases/use-case-routes.js';
import { at, call, type Answer } from '../../app/api.js';
import { texts } from '../../texts.js';
import { chosen, contractOf, type Choice, type UseCaseDetails } from './use-case-data.js';

/** What can be done to a use case. */
export type ChangeKind = keyof typeof texts.useCases.change.titles;

const kinds = Object.keys(texts.useCases.change.titles) as ChangeKind[];

/** A change that is looked at before it is made; the address says which. */
export interface Change {
  readonly kind: ChangeKind;
  /** Null where the change names none. */
  readonly choice: Choice | null;
  readonly cardType: string | null;
}

/** What the address asks for, with what it leaves open filled in: the newest version, the first card type. */
export function readChange(query: URLSearchParams, { useCase, versions, cardTypes, history }: UseCaseDetails): Change {
  const kind = kinds.find((each) => each === query.get('do')) ?? 'enable';
  const cardType =
    kind === 'card-type' || kind === 'follow' ? (query.get('cardType') ?? cardTypes[0]?.id ?? null) : null;
  if (kind === 'undo') return { kind, choice: history[1]?.choice ?? null, cardType };
  if (kind === 'follow') return { kind, choice: chosen(useCase), cardType };
  if (kind === 'disable' || contractOf(useCase.id).variantFollows) return { kind, choice: null, cardType };
  const variant = query.get('variant') ?? useCase.variant ?? contractOf(useCase.id).firstVariant ?? '';
  const deployed = versions.filter((each) => each.variant === variant);
  const wanted = deployed.find(({ version }) => String(version) === query.get('version'));
  const kept = kind === 'release' ? undefined : deployed.find((each) => each.chosenForAll);
  const version = (wanted ?? kept ?? deployed[0])?.version ?? 0;
  return { kind, choice: { variant, version }, cardType };
}

/** The query of the preview that shows what a change does; null where no variant takes over from another. */
export function previewOf(
  { kind, choice, cardType }: Change,
  useCase: UseCaseBody,
): Record<string, string | number | null> | null {
  const shown = kind === 'disable' ? chosen(useCase) : choice;
  if (shown === null) return null;
  return {
    variant: shown.variant,
    version: shown.version,
    cardType: kind === 'card-type' || kind === 'follow' ? cardType : null,
  };
}

/** The state that a use case would be in, as far as a preview does not show it. */
export function stateAfterUndo({ history }: UseCaseDetails): UseCaseStateBody | null {
  return history[1] ?? null;
}

/**
 * Makes a change, unless somebody else made one after `etag` was read.
 * @throws Refusal `stale`, `last-use-case` and others
 */
export function makeChange(
  { useCase, etag }: Pick<UseCaseDetails, 'useCase' | 'etag'>,
  { kind, choice, cardType }: Change,
  reason: string,
): Promise<Answer<UseCaseBody>> {
  const base = at`/use-cases/${useCase.id}`;
  const own = `${base}${at`/card-types/${cardType ?? ''}`}`;
  const send = (method: string, path: string, body: object) =>
    call<UseCaseBody>(method, path, { body: { ...body, reason }, ifMatch: etag });
  switch (kind) {
    case 'enable':
      return send('PUT', base, { enabled: true, ...choice });
    case 'disable':
      return send('PUT', base, { enabled: false });
    case 'choose':
      return send('PUT', base, { enabled: useCase.enabled, ...choice });
    case 'release':
      return send('POST', `${base}/release`, { ...choice });
    case 'card-type':
      return send('PUT', own, { ...choice });
    case 'follow':
      return call<UseCaseBody>('DELETE', own, { query: { reason }, ifMatch: etag });
    case 'undo':
      return send('POST', `${base}/undo`, {});
  }
}
