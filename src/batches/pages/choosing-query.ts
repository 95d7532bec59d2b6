import { z } from 'zod';
import { listQuery } from '../../web/list.js';
import { choices } from '../batch-choosing.js';

const position = z.object({ approvedAt: z.iso.datetime(), cardId: z.uuid() });
export const parameters = listQuery(position, {
  q: z.string().trim().max(320).default(''),
  type: z.string().max(100).default(''),
  department: z.string().trim().max(200).default(''),
  before: z.union([z.literal(''), z.iso.date()]).default(''),
  state: z.enum(choices).default('all'),
}).omit({ limit: true });

/** What is in the address of the page: its filter, and which of the cards it shows. */
export type ChoosingQuery = z.output<typeof parameters>;
