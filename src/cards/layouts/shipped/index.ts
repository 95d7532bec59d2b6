import type { WrittenTemplate } from '../card-template.js';
import { contractor } from './contractor.js';
import { employee } from './employee.js';
import { visitor } from './visitor.js';

/** The layouts that the product ships, by their names. */
export const shippedLayouts: Readonly<Record<string, WrittenTemplate>> = { employee, contractor, visitor };
