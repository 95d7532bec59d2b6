import { z } from 'zod';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import { rehearse } from '../../kernel/db/rehearsal.js';
import { useCaseIds } from '../../process/contract/index.js';
import { countingNumber } from '../../web/counting-number.js';
import { assertMatch, etagOf } from '../../web/etag.js';
import { listOf, listPage, listQuery } from '../../web/list.js';
import { defineRoute, jsonBody, type Route } from '../../web/route.js';
import { changeUseCase, chooseForCardType, releaseVersion, undoUseCase, type ChangeBy } from './use-case-changes.js';
import { getUseCase, listUseCases, useCaseHistory, type UseCaseView } from './use-case-service.js';

const choiceSchema = z.object({ variant: z.string(), version: z.number().int() });

const useCaseSchema = z
  .object({
    id: z.enum(useCaseIds),
    name: z.string(),
    enabled: z.boolean(),
    variant: z.string().nullable().describe('The chosen variant; null until one was chosen'),
    version: z.number().int().nullable().describe('The released version of the chosen variant'),
    cardTypes: z
      .record(z.string(), choiceSchema)
      .describe('Card types with a variant of their own; the most specific applies'),
    revision: z.number().int(),
    variants: z.array(
      z.object({
        id: z.string(),
        processDefinitionKey: z.string(),
        name: z.string(),
        version: z.number().int().describe('The newest version'),
      }),
    ),
  })
  .meta({ id: 'UseCase' });

/** A use case as the interface answers it. */
export type UseCaseBody = z.input<typeof useCaseSchema>;

const reason = z.string().trim().min(1).max(1_000).optional().describe('Shown in the history');
const version = countingNumber;

const changeSchema = z
  .object({
    enabled: z.boolean(),
    variant: z.string().max(100).optional().describe('Without it, the variant chosen before is kept'),
    version: version.optional().describe('Releases this version; without it, a variant in use keeps its version'),
    reason,
  })
  .meta({ id: 'UseCaseChange' });

const cardTypeChoiceSchema = z
  .object({
    variant: z.string().max(100),
    version: version.optional().describe('Without it, the newest; a variant in use keeps its version'),
    reason,
  })
  .meta({ id: 'CardTypeChoice' });

const releaseSchema = z.object({ variant: z.string().max(100), version, reason }).meta({ id: 'Release' });

const historySchema = z
  .object({
    revision: z.number().int(),
    at: z.iso.datetime(),
    actor: z.string(),
    reason: z.string().nullable(),
    enabled: z.boolean(),
    choice: choiceSchema.nullable(),
    cardTypes: z.record(z.string(), choiceSchema),
  })
  .meta({ id: 'UseCaseState' });

/** A state that a use case was in, as the interface answers it. */
export type UseCaseStateBody = z.input<typeof historySchema>;

const params = z.object({ id: z.string().max(100) });
const cardTypeParams = z.object({ id: z.string().max(100), cardType: z.string().max(100) });
const one = { description: 'The use case', schema: useCaseSchema, headers: { ETag: 'Revision, for If-Match' } };

/** What every change of a use case has in common. */
const changing = { tags: ['Use cases'], roles: ['admin'], conditional: true, responses: { 200: one } } as const;
const refusals = ['not-found', 'stale', 'variant-unknown', 'use-case-follows', 'second-administrator'] as const;

/**
 * Operations of `/use-cases`.
 * @param applied brings the engine to the new state; called after the change is committed
 */
export function useCaseRoutes(db: Knex, applied: () => Promise<void>): Route[] {
  const answer = (view: UseCaseView) => ({
    status: 200 as const,
    headers: { ETag: etagOf(view.revision) },
    body: toBody(view),
  });
  const change = async (
    context: { user: { id: string }; ifMatch: string | null; params: { id: string } },
    reasonGiven: string | undefined,
    work: (trx: Transaction, by: ChangeBy) => Promise<void>,
  ) => {
    const {
      user,
      ifMatch,
      params: { id },
    } = context;
    const assertRevision = (revision: number) => assertMatch(ifMatch, etagOf(revision));
    await db.transaction((trx) => work(trx, { actor: user.id, reason: reasonGiven ?? null, assertRevision }));
    await applied();
    return answer(await getUseCase(db, id));
  };
  /**
   * What a change would do, for the administrator who confirms it; refused now where the change itself would be.
   * @param what of the use case by its name
   */
  const confirmed = async (
    { user, params: { id } }: { readonly user: { readonly id: string }; readonly params: { readonly id: string } },
    work: (trx: Transaction, by: ChangeBy) => Promise<void>,
    what: (name: string) => string,
  ) => {
    await rehearse(db, (trx) => work(trx, { actor: user.id }));
    const { revision, name } = await getUseCase(db, id);
    return { what: what(name), etag: etagOf(revision) };
  };
  return [
    defineRoute({
      method: 'get',
      path: '/use-cases',
      summary: 'Use cases and the variants to choose from',
      tags: ['Use cases'],
      responses: { 200: { description: 'Every use case', schema: listOf(useCaseSchema) } },
      handler: async () => ({ status: 200, body: { items: (await listUseCases(db)).map(toBody), next: null } }),
    }),
    defineRoute({
      method: 'get',
      path: '/use-cases/:id',
      summary: 'One use case',
      tags: ['Use cases'],
      params,
      responses: { 200: one },
      errors: ['not-found'],
      handler: async ({ params: { id } }) => answer(await getUseCase(db, id)),
    }),
    defineRoute({
      method: 'put',
      path: '/use-cases/:id',
      summary: 'Enable or disable a use case, choose its variant, release a version',
      ...changing,
      params,
      body: jsonBody(changeSchema),
      toConfirm: (asked) =>
        confirmed(
          asked,
          (trx, by) => changeUseCase(trx, asked.params.id, asked.body, by),
          (name) => `${asked.body.enabled ? 'Enable' : 'Disable'} ${name}${inVariant(asked.body)}.`,
        ),
      errors: [...refusals, 'last-use-case'],
      handler: async (context) => {
        const {
          body,
          params: { id },
        } = context;
        return change(context, body.reason, (trx, by) => changeUseCase(trx, id, body, by));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/use-cases/:id/release',
      summary: 'Release a version of a variant wherever the variant is in use',
      description: 'New requests take it; requests that are registered keep theirs. An older version goes back to it.',
      ...changing,
      params,
      body: jsonBody(releaseSchema),
      toConfirm: (asked) =>
        confirmed(
          asked,
          (trx, by) => releaseVersion(trx, asked.params.id, asked.body, by),
          (name) => `Release in ${name}${inVariant(asked.body)}.`,
        ),
      errors: refusals,
      handler: async (context) => {
        const {
          body,
          params: { id },
        } = context;
        return change(context, body.reason, (trx, by) => releaseVersion(trx, id, body, by));
      },
    }),
    defineRoute({
      method: 'put',
      path: '/use-cases/:id/card-types/:cardType',
      summary: 'Give a card type a variant of its own',
      ...changing,
      params: cardTypeParams,
      body: jsonBody(cardTypeChoiceSchema),
      toConfirm: ({ params: { id, cardType }, body, user }) =>
        confirmed(
          { user, params: { id } },
          (trx, by) => chooseForCardType(trx, id, cardType, body, by),
          (name) => `Do ${name} for the card type ${cardType}${inVariant(body)}.`,
        ),
      errors: [...refusals, 'card-type-unknown'],
      handler: async (context) => {
        const {
          body,
          params: { id, cardType },
        } = context;
        return change(context, body.reason, (trx, by) => chooseForCardType(trx, id, cardType, body, by));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/use-cases/:id/card-types/:cardType',
      summary: 'Let a card type follow the use case again',
      ...changing,
      params: cardTypeParams,
      query: z.object({ reason }),
      toConfirm: ({ params: { id, cardType }, user }) =>
        confirmed(
          { user, params: { id } },
          (trx, by) => chooseForCardType(trx, id, cardType, null, by),
          (name) => `Do ${name} for the card type ${cardType} as for all others.`,
        ),
      errors: [...refusals, 'card-type-unknown'],
      handler: async (context) => {
        const {
          query,
          params: { id, cardType },
        } = context;
        return change(context, query.reason, (trx, by) => chooseForCardType(trx, id, cardType, null, by));
      },
    }),
    defineRoute({
      method: 'post',
      path: '/use-cases/:id/undo',
      summary: 'Take back the last change of a use case',
      ...changing,
      params,
      body: jsonBody(z.object({ reason }).meta({ id: 'Undo' })),
      toConfirm: (asked) =>
        confirmed(
          asked,
          (trx, by) => undoUseCase(trx, asked.params.id, by),
          (name) => `Take back the last change of ${name}.`,
        ),
      errors: ['second-administrator', 'not-found', 'stale', 'use-case-follows', 'last-use-case', 'nothing-to-undo'],
      handler: async (context) => {
        const {
          body,
          params: { id },
        } = context;
        return change(context, body.reason, (trx, by) => undoUseCase(trx, id, by));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/use-cases/:id/history',
      summary: 'Every state of a use case, newest first',
      tags: ['Use cases'],
      roles: ['admin'],
      params,
      query: listQuery(z.number().int(), {}),
      responses: { 200: { description: 'A page of states', schema: listOf(historySchema) } },
      errors: ['not-found'],
      handler: async ({ params: { id }, query: { limit, cursor } }) => {
        const rows = await useCaseHistory(db, id, limit + 1, cursor);
        return {
          status: 200,
          body: listPage(
            rows,
            limit,
            (row) => row,
            ({ revision }) => revision,
          ),
        };
      },
    }),
  ];
}

function inVariant({
  variant,
  version: wanted,
}: {
  readonly variant?: string | undefined;
  readonly version?: number | undefined;
}): string {
  if (variant === undefined) return '';
  return ` by the variant ${variant}${wanted === undefined ? '' : `, version ${wanted}`}`;
}

function toBody(view: UseCaseView) {
  return { ...view, cardTypes: { ...view.cardTypes }, variants: [...view.variants] };
}
