/** Whether cards can be requested for a person; nobody is ever removed, because requests and cards refer to them. */
export const holderStates = ['active', 'inactive'] as const;

export type HolderState = (typeof holderStates)[number];

/** A person in the directory who can own cards. */
export interface Holder {
  readonly id: string;
  readonly employeeNumber: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly upn: string;
  readonly department: string;
  readonly state: HolderState;
  /** Account in the engine's identity service, where the holder has one. */
  readonly account: string | null;
  /** The newest photo, or null. */
  readonly photoId: string | null;
}

export interface HolderFilter {
  /** Words of employee number, name, UPN or e-mail, in any order, each as far as it is typed. */
  readonly q?: string | undefined;
  readonly state?: HolderState | undefined;
}

/** Sort key of a holder in lists. */
export interface HolderPosition {
  readonly familyName: string;
  readonly givenName: string;
  readonly id: string;
}

/** The first matches of a search, and how many there are in all. */
export interface HolderMatches {
  readonly holders: readonly Holder[];
  readonly total: number;
}

/** How a person is addressed: given name first. */
export function holderName({ givenName, familyName }: Pick<Holder, 'givenName' | 'familyName'>): string {
  return `${givenName} ${familyName}`;
}
