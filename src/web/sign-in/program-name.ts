/** Browsers by what only they say of themselves; most claim to be Chrome or Safari too, so the order counts. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

/** A `User-Agent` in words, such as `Firefox on Linux`. It is what a program says of itself, and proves nothing. */
export function programName(userAgent: string | null): string {
  const name = (table: typeof browsers) => table.find(([sign]) => sign.test(userAgent ?? ''))?.[1];
  const [browser, system] = [name(browsers), name(systems)];
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  const [, program] = /^([\w.-]{1,40})/.exec(userAgent ?? '') ?? [];
  return program ?? 'Unknown program';
}
