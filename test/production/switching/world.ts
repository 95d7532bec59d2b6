import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Knex } from '../../../src/kernel/db/database.js';
import type { ErrorCode } from '../../../src/kernel/errors.js';
import { isProductError } from '../../../src/kernel/errors.js';
import type { DoorCheckContext } from '../../../src/web/door/door-checks.js';
import { issuesDirectly } from '../../../src/production/issuing/issuable-cards.js';
import { issuingChecks } from '../../../src/production/issuing/issuing-checks.js';
import { BackendCaller } from '../../../src/production/backend-caller.js';
import { orderKeyText } from '../../../src/production/backends/backend.js';
import { httpBackend } from '../../../src/production/backends/http/http-backend.js';
import { defaultTimes, type CarrierParts } from '../../../src/production/carrier-types.js';
import { handOver } from '../../../src/production/handover.js';
import { inquire } from '../../../src/production/inquiry.js';
import { OrderLedger, type Claim } from '../../../src/production/order-ledger.js';
import { CarrierMetrics } from '../../../src/production/production-metrics.js';
import { orderFromApproved, repeatProduction } from '../../../src/production/production-service.js';
import type { LedgerKey } from '../../../src/production/production-types.js';
import { declareSpoilt } from '../../../src/production/production-withdrawal.js';
import { recordDecision } from '../../../src/requests/request-decision.js';
import { registerRequest, reserveRequest } from '../../../src/requests/request-registration.js';
import { changeUseCase, chooseForCardType } from '../../../src/variants/use-cases/use-case-changes.js';
import { createHandlers } from '../../../workers/registry.js';
import type { HandlerContext } from '../../../workers/runtime/index.js';
import { addHolder } from '../../fixtures/holders.js';
import { issueVariants, issuing, task, variants } from '../../fixtures/installation.js';
import { seenContent } from '../../fixtures/requests.js';
import { eventually } from '../../support/eventually.js';
import { nobodyApproves, nothingEntered } from '../../support/decisions.js';
import type { PrintShopProcess } from '../../../bench/lib/print-shop-process.js';
import type { OrderNote } from './judge.js';
import {
  after,
  allSwitches,
  allowsDirectOrders,
  nothingEnabled,
  variantFor,
  type CardType,
  type Situation,
  type Switch,
  type Variant,
} from './situation.js';

const definitions = {
  'with-approval': variants.withApproval.definitionId,
  'without-approval': variants.withoutApproval.definitionId,
};
const patience = 60_000;
let holders = 0;

/** A form that is open in Tasklist, or the task that follows it and that no worker has done yet. */
export interface OpenForm {
  readonly holder: string;
  readonly cardType: CardType;
  readonly task: ReturnType<typeof task>;
}

/** A request whose process has not come to its registration yet. */
export interface ComingRequest extends OpenForm {
  readonly variant: Variant;
  /** Set where the API has reserved it: then it keeps its variant. */
  readonly requestId: string | null;
}

/**
 * The database, our services as server and workers call them, and the print shop, without the engine between them: each
 * step happens exactly when the test says so, and each is compared with what the situation allows.
 */
export class SwitchingWorld {
  now: Situation = nothingEnabled;
  /** What was done, to be told when something is wrong. */
  readonly trail: string[] = [];
  /** Every order that was placed, by its key. */
  readonly notes = new Map<string, OrderNote>();
  /** How the card was requested, by its id; a card that nobody has requested is not here. */
  readonly requestedBy = new Map<string, Variant>();
  private readonly cards: string[] = [];
  private readonly parts: CarrierParts;
  private readonly caller: BackendCaller;
  private readonly history = {
    starterOf: async () => 'producer',
    completionsOf: async () => [],
    ...nothingEntered,
  };

  private constructor(
    readonly db: Knex,
    private readonly shop: PrintShopProcess,
    /** Cards that the shop has made before. */
    private readonly madeBefore: number,
  ) {
    const times = { ...defaultTimes, firstDelayMs: 0, polling: { firstMs: 0, longestMs: 0 } };
    const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
    const secrets = { makeSecrets: async () => new Map() };
    this.parts = { db, ledger: new OrderLedger(db), secrets, log, metrics: new CarrierMetrics(new Registry()), times };
    this.caller = new BackendCaller(
      httpBackend({ id: 'shop', settings: { url: shop.url } }, { token: shop.token }),
      this.parts,
      new AbortController().signal,
    );
  }

  /** A fresh installation with nothing enabled, in an empty database. */
  static async open(db: Knex, shop: PrintShopProcess): Promise<SwitchingWorld> {
    await issuing(db);
    await db('use_case').update({ enabled: false });
    await db('card_type').update({ chip: false, photo_required: false });
    return new SwitchingWorld(db, shop, (await shop.ledger()).cards.length);
  }

  /** Switches, as an administrator; what is refused changes nothing. */
  async switch(name: Switch): Promise<void> {
    const then = after(this.now, name);
    const { useCase } = allSwitches[name];
    const wanted: Situation = allSwitches[name].asksFor(this.now);
    await this.step(name, then === null ? 'last-use-case' : null, async () => {
      await this.db.transaction(async (trx) => {
        if (name.startsWith('visitors')) {
          await chooseForCardType(
            trx,
            useCase,
            'visitor',
            wanted.visitor === null ? null : { variant: wanted.visitor },
            { actor: 'admin' },
          );
        } else {
          const variant = useCase === 'request-card' ? (wanted.everyone ?? undefined) : undefined;
          await changeUseCase(
            trx,
            useCase,
            { enabled: useCase === 'request-card' ? wanted.request : wanted.issue, variant },
            { actor: 'admin' },
          );
        }
      });
    });
    this.now = then ?? this.now;
  }

  /** Opens the form of Issue card for a new holder. @returns null where it offers approved cards instead of holders */
  async openDirectForm(cardType: CardType): Promise<OpenForm | null> {
    this.trail.push(`open the form for a ${cardType}`);
    const direct = await issuesDirectly(this.db);
    this.compare('the form offers holders', direct, !this.now.request);
    return direct ? { cardType, holder: await this.newHolder(), task: task() } : null;
  }

  /** Submits the form to the door. @returns true where a worker has to order the card now */
  async submitDirectForm({ holder, cardType }: OpenForm): Promise<boolean> {
    const form = {
      fields: { action: 'next', holder, cardType },
      user: { id: 'producer' },
      readVariable: async () => true,
    } as unknown as DoorCheckContext;
    return this.step('submit the form', this.directRefusal(), () => issuingChecks(this.db)['issue-card'](form));
  }

  /** A worker orders the card of a form, whether the door was asked or somebody got past it. @returns the order, or null where it is refused */
  async orderDirectly({ holder, cardType, task: { taskId, ...running } }: OpenForm): Promise<LedgerKey | null> {
    const what = `order a ${cardType} card directly`;
    this.trail.push(what);
    const outcome = await createHandlers({
      db: this.db,
      history: this.history,
      ...nobodyApproves,
      publicUrl: 'http://127.0.0.1',
    })['order-production'](
      {
        id: taskId,
        topic: 'order-production',
        businessKey: null,
        processInstanceId: running.processInstanceId,
        activityId: 'order-card',
        processDefinitionId: issueVariants.directly.definitionId,
        processDefinitionKey: issueVariants.directly.processKey,
        variables: { source: 'holder', card: null, holder, cardType, orderTask: null },
      },
      {} as HandlerContext,
    );
    this.compare(what, outcome.kind, allowsDirectOrders(this.now) ? 'done' : 'business-error');
    if (outcome.kind !== 'done') return null;
    const key = { cardId: outcome.outputs.card, number: outcome.outputs.productionNumber };
    this.cards.push(key.cardId);
    this.note(key);
    return key;
  }

  /** Reserves a request over the API. */
  async reserve(cardType: CardType): Promise<ComingRequest | null> {
    const holder = await this.newHolder();
    const variant = variantFor(this.now, cardType);
    let requestId: string | null = null;
    await this.step(`reserve a request for a ${cardType}`, variant === null ? 'use-case-disabled' : null, async () => {
      const reservation = { requester: 'operator', holder, cardType, idempotencyKey: null };
      requestId = (await this.db.transaction((trx) => reserveRequest(trx, reservation))).id;
    });
    return variant === null ? null : { holder, cardType, task: task(), variant, requestId };
  }

  /** Submits the form of Request card; its process has the current variant, and has to be registered in it. */
  async submitRequestForm(cardType: CardType): Promise<ComingRequest | null> {
    const variant = variantFor(this.now, cardType);
    this.trail.push(`submit a request for a ${cardType}`);
    return variant === null
      ? null
      : { holder: await this.newHolder(), cardType, task: task(), variant, requestId: null };
  }

  /** A worker registers a request. @returns the id of the card and of its request, or null where it is refused */
  async register(coming: ComingRequest): Promise<{ requestId: string; cardId: string } | null> {
    const {
      holder,
      cardType,
      variant,
      requestId,
      task: { processInstanceId },
    } = coming;
    const applies = variantFor(this.now, cardType);
    const refusal =
      requestId !== null || applies === variant ? null : applies === null ? 'use-case-disabled' : 'variant-changed';
    let registered: { requestId: string } | null = null;
    await this.step(`register a request ${variant} for a ${cardType}`, refusal, async () => {
      const runningIn = { definitionId: definitions[variant], processInstanceId };
      const requestedState = variant === 'with-approval' ? 'requested' : 'approved';
      registered = await this.db.transaction((trx) =>
        registerRequest(trx, {
          runningIn,
          requestedState,
          holder,
          cardType,
          requestId,
          starter: async () => 'operator',
        }),
      );
    });
    if (registered === null) return null;
    const row = await this.db('card_request')
      .where({ process_instance_id: processInstanceId })
      .first<{ id: string; card_id: string }>('id', 'card_id');
    this.requestedBy.set(row.card_id, variant);
    this.cards.push(row.card_id);
    return { requestId: row.id, cardId: row.card_id };
  }

  async decide(requestId: string, decision: 'approve' | 'reject'): Promise<void> {
    const { process_instance_id: processInstanceId } = await this.db('card_request')
      .where({ id: requestId })
      .first('process_instance_id');
    const proof = { taskId: randomUUID(), operationId: randomUUID(), user: 'approver', completedAt: new Date() };
    const seen = await seenContent(this.db, requestId);
    await this.step(`${decision} a request`, null, () =>
      this.db.transaction((trx) =>
        recordDecision(trx, {
          requestId,
          processInstanceId,
          cause: 'approver',
          decision,
          reason: 'Because',
          proof,
          seenContent: seen,
        }),
      ),
    );
  }

  /** Orders an approved card over the API. */
  async order(cardId: string): Promise<boolean> {
    return this.step('order an approved card', this.now.issue ? null : 'use-case-disabled', async () => {
      this.note(
        await this.db.transaction((trx) => orderFromApproved(trx, { cardId, orderedBy: 'producer', runningIn: null })),
      );
    });
  }

  /** Has a failed card produced again. */
  async repeat(cardId: string): Promise<boolean> {
    const needsRequest = this.now.request && !this.requestedBy.has(cardId);
    const refusal = this.now.issue ? (needsRequest ? 'direct-issue-off' : null) : 'use-case-disabled';
    return this.step('produce a card again', refusal, async () => {
      this.note(
        await this.db.transaction((trx) => repeatProduction(trx, { cardId, orderedBy: 'producer', runningIn: null })),
      );
    });
  }

  async declareSpoilt(cardId: string): Promise<void> {
    const { number } = await this.db('production_order')
      .where({ card_id: cardId })
      .orderBy('number', 'desc')
      .first<{ number: number }>('number');
    await this.step('declare a card spoilt', null, () =>
      this.db.transaction((trx) => declareSpoilt(trx, { cardId, number, by: 'producer', reason: 'Stripes' })),
    );
  }

  /**
   * A worker hands over what is ordered: the moment that decides whether a card is made.
   * @param jam one of the cards jams in the printer
   */
  async handOver(jam = false): Promise<void> {
    this.trail.push('hand over');
    const claim: Claim = { holder: randomUUID(), leaseMs: 60_000 };
    const claimed = await this.parts.ledger.claimIntents('shop', 20, claim);
    if (claimed.length === 0) return;
    const isOvertaken = ({ cardId }: LedgerKey) => this.now.request && !this.requestedBy.has(cardId);
    if (jam && !claimed.every(isOvertaken)) await this.shop.play('jam');
    for (const key of claimed) {
      const note = this.notes.get(orderKeyText(key));
      if (note !== undefined) note.handedOver = this.now;
    }
    await handOver(this.caller, claimed, claim, this.parts);
    for (const key of claimed) {
      const { state, reason_code: code } = await this.db('production_order')
        .where({ card_id: key.cardId, number: key.number })
        .first('state', 'reason_code');
      this.compare(
        `hand over ${orderKeyText(key)}`,
        code ?? state,
        isOvertaken(key) ? 'direct-issue-off' : 'submitted',
      );
    }
  }

  /** Asks the shop until it has made, or spoilt, all that it was handed. */
  async collect(): Promise<void> {
    this.trail.push('collect');
    const { ledger } = this.parts;
    await eventually('the shop has done all', patience, async () => {
      const claim: Claim = { holder: randomUUID(), leaseMs: 60_000 };
      const claimed = await ledger.claimQuestions('shop', 20, 0, claim);
      if (claimed.length > 0) await inquire(this.caller, claimed, claim, this.parts);
      return (await this.db('production_order').where({ state: 'submitted' }).first('number')) === undefined;
    });
  }

  /** Cards in a state, in the order in which they came into being. */
  async cardsIn(state: string): Promise<string[]> {
    const ids: string[] = await this.db('card').where({ state }).pluck('id');
    return this.cards.filter((id) => ids.includes(id));
  }

  /** What the shop has made in this world. */
  async made() {
    return (await this.shop.ledger()).cards.slice(this.madeBefore);
  }

  private directRefusal(): ErrorCode | null {
    if (!this.now.issue) return 'use-case-disabled';
    return this.now.request ? 'direct-issue-off' : null;
  }

  private note(key: LedgerKey): void {
    this.notes.set(orderKeyText(key), {
      cardId: key.cardId,
      ordered: this.now,
      requestedBy: this.requestedBy.get(key.cardId) ?? null,
      handedOver: null,
    });
  }

  private async newHolder(): Promise<string> {
    return addHolder(this.db, `S-${++holders}`);
  }

  /** Does something that has to be refused with the code, or not at all. @returns true where it was done */
  private async step(what: string, refusal: ErrorCode | null, act: () => Promise<unknown>): Promise<boolean> {
    this.trail.push(what);
    const got = await act().then(
      () => null,
      (raw: unknown) => {
        if (isProductError(raw)) return raw.code;
        throw raw;
      },
    );
    this.compare(what, got, refusal);
    return got === null;
  }

  private compare(what: string, got: unknown, due: unknown): void {
    if (got === due) return;
    throw new Error(
      `${what}: ${String(got)} instead of ${String(due)}, after ${this.trail.join(' · ')}; now ${JSON.stringify(this.now)}`,
    );
  }
}
