/** Words of the page of card requests. */
export const requestTexts = {
  title: 'Requests',
  intro: 'Every request for a card, newest first, with who decided it.',
  caption: 'Card requests',
  empty: 'No request matches. Search for less, or show all.',
  filters: {
    q: 'Card holder',
    qHint: 'Words of name, employee number or e-mail',
    state: 'State',
    cardType: 'Card type',
    requester: 'Requested by',
    requesterHint: 'Account, exactly',
  },
  columns: {
    holder: 'Card holder',
    state: 'State',
    requested: 'Requested',
    decision: 'Decision',
    variant: 'Process variant',
    card: 'Card',
  },
  by: (who: string) => `by ${who}`,
  variant: (variant: string, version: number) => `${variant}, version ${version}`,
  story: 'Its story',
} as const;
