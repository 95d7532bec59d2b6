import { approvingGroups } from '../../domain/approving.js';
import { groups } from '../../domain/roles.js';

/** A group that diagrams may name as candidates. */
export interface KnownGroup {
  readonly id: string;
  /** Its members may decide on card requests. */
  readonly mayApprove: boolean;
  /** No new diagram may name it. */
  readonly retired: boolean;
}

const ofRoles: readonly KnownGroup[] = Object.values(groups).map((id) => ({
  id,
  mayApprove: approvingGroups.includes(id),
  retired: false,
}));

/** The groups that diagrams are judged by: those of the product's roles and the organisation's own. */
export class KnownGroups {
  private readonly byId: ReadonlyMap<string, KnownGroup>;

  /** @param own groups of the organisation's own; null where nobody knows them, as in a modelling tool */
  constructor(private readonly own: readonly KnownGroup[] | null) {
    this.byId = new Map([...ofRoles, ...(own ?? [])].map((group) => [group.id, group]));
  }

  /** Those that may be named, for sentences. */
  get usable(): string[] {
    return this.ids(({ retired }) => !retired);
  }

  /** Those whose members may approve, for sentences. */
  get approving(): string[] {
    return this.ids(({ mayApprove, retired }) => mayApprove && !retired);
  }

  isRetired(id: string): boolean {
    return this.byId.get(id)?.retired === true;
  }

  /** True for a group that is nowhere; never where the organisation's own ones are not known. */
  isMissing(id: string): boolean {
    return this.own !== null && !this.byId.has(id);
  }

  /** False for what is no group, or one whose members may not approve; true where that is not known. */
  mayApprove(id: string): boolean {
    return this.byId.get(id)?.mayApprove ?? this.own === null;
  }

  /** True for a group that is known to approve: a task of theirs is an approval. */
  isApproving(id: string): boolean {
    return this.byId.get(id)?.mayApprove === true;
  }

  private ids(wanted: (group: KnownGroup) => boolean): string[] {
    return [...this.byId.values()].filter(wanted).map(({ id }) => id);
  }
}
