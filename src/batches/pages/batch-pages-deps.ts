import { z } from 'zod';
import type { Knex } from '../../kernel/db/database.js';
import { ProductError } from '../../kernel/errors.js';
import type { RequestTasks } from '../../requests/request-tasks.js';
import type { BatchTasks } from '../batch-tasks.js';

export interface BatchPagesDeps {
  readonly db: Knex;
  readonly tasks: BatchTasks;
  readonly requestTasks: RequestTasks;
}

/** @throws ProductError `not-found` */
export function batchIdOf(params: Readonly<Record<string, string>>): string {
  const id = z.uuid().safeParse(params['id']);
  if (!id.success) throw new ProductError('not-found', 'There is no such batch order.');
  return id.data;
}
