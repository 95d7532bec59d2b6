import { checkModels, type KnownGroup } from '../../src/process/model-checks/index.js';
import { edited } from '../bpmn/model-cases/model-case.js';

/** The variant with an approval, decided by a group of the organisation's own. */
const file = 'request-card-with-approval.bpmn';
const byManagers = edited(file, [
  'camunda:candidateGroups="card-approvers"',
  'camunda:candidateGroups="line-managers"',
]);
const managers: KnownGroup = { id: 'line-managers', mayApprove: true, retired: false };

async function findings(ownGroups: readonly KnownGroup[]): Promise<string[]> {
  const found = await checkModels(byManagers, { ownGroups });
  return found.map(({ element, rule, message }) => `${element}: ${rule}: ${message}`);
}

test('a group that may approve is taken', async () => {
  expect(await findings([managers])).toEqual([]);
});

test('a group that does not exist is named, with those that do', async () => {
  const found = await findings([{ ...managers, id: 'guards' }]);
  expect(found).toContainEqual(
    expect.stringMatching(/^decide-request: task-people: There is no group line-managers: use one of .*guards/),
  );
});

test('a group that may not approve could complete an approval', async () => {
  const found = await findings([{ ...managers, mayApprove: false }]);
  expect(found).toContainEqual(
    expect.stringContaining('decide-request: approvers-only: Members of line-managers may not approve'),
  );
});

test('a retired group is not named by a new diagram', async () => {
  const found = await findings([{ ...managers, retired: true }]);
  expect(found).toContainEqual(
    expect.stringContaining('decide-request: task-people: The group line-managers is retired'),
  );
});
