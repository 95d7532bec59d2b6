import { groups } from './roles.js';

/** The groups of the product's roles whose members may approve; the organisation may mark groups of its own as well. */
export const approvingGroups: readonly string[] = [groups.approver];
