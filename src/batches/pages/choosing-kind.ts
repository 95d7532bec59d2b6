import type { z } from 'zod';
import type { BatchKind } from '../../domain/batch-states.js';
import type { Role } from '../../domain/roles.js';
import type { Knex, Transaction } from '../../kernel/db/database.js';
import type { Column } from '../../web/pages/data-table.js';
import type { Html } from '../../web/pages/html.js';
import type { BatchCounts, BatchDetails, IssueFilter } from '../../batch-rows/batch-types.js';
import type { Choice, Choosable } from '../batch-choosing.js';
import type { ShownChoice } from '../batch-tasks.js';
import type { FieldName } from './choosing-fields.js';

/** Changes a draft as a posted form asks; `filter` is the one of the page that the form was on. */
export type DraftChange = (trx: Transaction, id: string, filter: IssueFilter, form: FormData) => Promise<void>;

/** What the page that chooses many needs for one kind of batch order. */
export interface ChoosingKind<Item extends Choosable, Position> {
  readonly kind: BatchKind;
  /** Last part of the page's address. */
  readonly segment: 'cards' | 'holders';
  readonly roles: readonly Role[];
  /** What the list is narrowed by. */
  readonly fields: readonly FieldName[];
  /** Where a page of the list ends, as its cursor holds it. */
  readonly position: z.ZodType<Position>;
  /** Columns after the card holder and the department. */
  readonly columns: readonly Column<Item>[];
  readonly texts: {
    readonly title: string;
    readonly chosen: (counts: BatchCounts) => string;
    /** What is said after the number of chosen rows. */
    readonly note: (counts: BatchCounts) => string;
    readonly back: string;
    readonly byChoice: string;
    readonly find: string;
    readonly caption: string;
    readonly noMatch: string;
    readonly none: string;
  };
  readonly list: (
    db: Knex,
    id: string,
    filter: IssueFilter & { readonly choice: Choice },
    limit: number,
    after?: Position,
  ) => Promise<{ item: Item; position: Position }[]>;
  readonly count: (db: Knex, id: string, filter: IssueFilter) => Promise<{ matching: number; chosen: number }>;
  readonly departments: (db: Knex) => Promise<string[]>;
  /** What posted forms do; each one's name is the last part of its address. */
  readonly changes: Readonly<Record<'tick' | 'choose' | 'leave', DraftChange> & Record<string, DraftChange>>;
  /** Largest posted form in bytes, where it is more than that of other pages. */
  readonly limitBytes?: number;
  /** What the task's form shows of the choice. */
  readonly shownAtTask: (db: Knex, id: string) => Promise<ShownChoice>;
  /** What stands under the number of chosen rows, and is brought up to date with it. */
  readonly underChosen?: (db: Knex, batch: BatchDetails, addressOf: (change: string) => string) => Promise<Html | null>;
  /** Other ways to choose than the list. */
  readonly otherWays?: (addressOf: (change: string) => string) => Html;
}
