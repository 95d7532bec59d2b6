/** Words of the page about changes that wait for a second administrator. */
export const changeTexts = {
  title: 'Changes to confirm',
  intro:
    'Role grants, addresses and keys of backends, and changes of use cases wait here for another administrator, where the option asks for one. Nothing has changed until then.',
  option: 'Change whether, and how long, in Options',
  caption: 'Changes that wait, then those settled last',
  columns: { what: 'Change', by: 'Asked for by', state: 'State', do: 'Decision' },
  empty: 'Nothing waits to be confirmed.',
  waits: 'waits until',
  outcomes: { confirmed: 'confirmed', rejected: 'rejected', expired: 'expired' },
  by: (who: string) => `by ${who},`,
  confirm: 'Confirm',
  reject: 'Reject',
  askConfirm: 'Confirm this change?',
  askReject: 'Reject this change?',
  inName: (who: string) => `It is made at once, in the name of ${who} and confirmed by you.`,
  notMade: 'It will not be made. To make it, ask for it again.',
  confirmed: (id: string) => `Change ${id} is made.`,
  rejected: (id: string) => `Change ${id} will not be made.`,
} as const;
