import type { Knex } from '../../kernel/db/database.js';
import { timeText } from '../../kernel/time-zone.js';
import { readApprovedAndNow, type ApprovedAndNow, type ApprovedElements, type SnapshotSide } from './snapshot-store.js';

/** Something about a card that is not any more as it was approved, in words for people. */
export interface Change {
  /** For example `Department`. */
  readonly field: string;
  readonly approved: string;
  readonly now: string;
}

/** Elements that say something of their own; `name` is made of the two names. */
const labels: Readonly<Partial<Record<keyof ApprovedElements, string>>> = {
  givenName: 'Given name',
  familyName: 'Family name',
  employeeNumber: 'Employee number',
  department: 'Department',
  cardTypeName: 'Card type',
};

/**
 * What is different now from what was approved of each card, by its id; printed is what was approved. A card of which
 * nothing was approved yet is not among them.
 */
export async function whatChangedSince(db: Knex, cardIds: readonly string[]): Promise<Map<string, Change[]>> {
  const both = await readApprovedAndNow(db, cardIds);
  return new Map([...both].map(([cardId, sides]) => [cardId, changesBetween(sides)]));
}

function changesBetween({ approved, now }: ApprovedAndNow): Change[] {
  const elements = Object.entries(labels).map(([key, field]) => {
    const element = key as keyof ApprovedElements;
    return { field, approved: approved.elements[element], now: now.elements[element] };
  });
  const changes = [...elements, { field: 'Layout', approved: layoutText(approved), now: layoutText(now) }];
  return [
    ...changes.filter((change) => change.approved !== change.now),
    ...(approved.photoId === now.photoId
      ? []
      : [{ field: 'Photo', approved: photoText(approved), now: photoText(now) }]),
  ];
}

function layoutText({ layout, layoutVersion }: SnapshotSide): string {
  return layout === null ? 'none' : `${layout}, version ${layoutVersion}`;
}

/** Photos have no name, so they are distinguished by when they were stored. */
function photoText({ photoAt }: SnapshotSide): string {
  return photoAt === null ? 'none' : `of ${timeText(photoAt, 'second')}`;
}
