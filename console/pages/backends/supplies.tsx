/** What is left of ribbon, cards and the like, in the backend's own words. */
export function Supplies({ supplies }: { readonly supplies: Readonly<Record<string, string>> }) {
  const known = Object.entries(supplies);
  return known.length === 0 ? null : <>{known.map(([name, left]) => `${name}: ${left}`).join(' · ')}</>;
}
