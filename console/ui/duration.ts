const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

/** A span of time in words, in its largest unit. @param seconds 0 or more */
export function durationText(seconds: number): string {
  for (const [unit, length] of units)
    if (seconds >= length) return `${(seconds / length).toLocaleString('en-GB', { maximumFractionDigits: 1 })} ${unit}`;
  return `${seconds.toLocaleString('en-GB', { maximumFractionDigits: seconds < 10 ? 1 : 0 })} s`;
}
