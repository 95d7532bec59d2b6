/** How the product is, as `/healthz` shows it. */
export interface HealthReport {
  readonly status: 'up' | 'down';
  readonly parts: Readonly<Record<string, { readonly status: 'up' | 'down'; readonly detail?: string }>>;
  readonly useCases?: readonly { readonly id: string; readonly enabled: boolean; readonly variant: string | null }[];
  /** What to do about the most important thing that is missing. */
  readonly hint?: string;
}
