import { z } from 'zod';
import { listQuery } from '../../web/list.js';
import { holderChoices } from '../requesting/holder-choosing.js';

const position = z.object({ familyName: z.string(), givenName: z.string(), id: z.uuid() });
export const parameters = listQuery(position, {
  q: z.string().trim().max(320).default(''),
  department: z.string().trim().max(200).default(''),
  state: z.enum(holderChoices).default('all'),
}).omit({ limit: true });

/** What is in the address of the page: its filter, and which of the card holders it shows. */
export type HoldersQuery = z.output<typeof parameters>;
