/** How one part is. */
export interface HealthPart {
  readonly status: 'up' | 'down';
  readonly detail?: string;
  /** Address of the console's page about it, for parts that have one. */
  readonly page?: string;
}

/** How the product is, as `/healthz` shows it. */
export interface HealthReport {
  readonly status: 'up' | 'down';
  readonly parts: Readonly<Record<string, HealthPart>>;
  readonly useCases?: readonly { readonly id: string; readonly enabled: boolean; readonly variant: string | null }[];
  /** What to do about the most important thing that is missing. */
  readonly hint?: string;
}
