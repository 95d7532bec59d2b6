/**
 * The user tasks that `approvalTask` of `record-decision` names, in the order in which people come to them: one, or
 * several separated by commas, which different people have to complete.
 */
export function approvalTasks(input: string): string[] {
  return input
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
