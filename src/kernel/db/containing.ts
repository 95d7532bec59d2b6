/** A pattern for `like` that matches texts holding `part`, which may be made of any characters. */
export function containing(part: string): string {
  return `%${part.replace(/[\\%_]/g, '\\$&')}%`;
}
