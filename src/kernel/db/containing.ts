/** A pattern for `like` that matches texts holding `part`, whatever characters it is made of. */
export function containing(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`;
}
