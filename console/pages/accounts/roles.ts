import { groups, type Role } from '../../../src/domain/roles.js';

export type { Role };

/** Every role, in its usual order. */
export const roleNames = Object.keys(groups) as Role[];
