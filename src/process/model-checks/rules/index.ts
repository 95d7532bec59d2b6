import type { DiagramRule, FormRule } from '../rule.js';
import { allowedExpressions } from './allowed-expressions.js';
import { answersAsEntered } from './answers-as-entered.js';
import { approvalPresent } from './approval-present.js';
import { approvalRecorded } from './approval-recorded.js';
import { approversOnly } from './approvers-only.js';
import { callActivities } from './call-activities.js';
import { caughtErrors } from './caught-errors.js';
import { cardStates } from './card-states.js';
import { decidingTests } from './deciding-tests.js';
import { engineNamespaces } from './engine-namespaces.js';
import { formComponents } from './form-components.js';
import { formKeys } from './form-keys.js';
import { formNames } from './form-names.js';
import { formReferences } from './form-references.js';
import { gatewayConditions } from './gateway-conditions.js';
import { historyTimeToLive } from './history-time-to-live.js';
import { knownChecks } from './known-checks.js';
import { knownMessages } from './known-messages.js';
import { knownTopics } from './known-topics.js';
import { knownVariables } from './known-variables.js';
import { multiInstanceAsync } from './multi-instance-async.js';
import { namedElements } from './named-elements.js';
import { noCode } from './no-code.js';
import { noDeadEnds } from './no-dead-ends.js';
import { oneProcess } from './one-process.js';
import { reachableElements } from './reachable-elements.js';
import { retryOverrides } from './retry-overrides.js';
import { taskPeople } from './task-people.js';
import { textLength } from './text-length.js';
import { timersSet } from './timers-set.js';
import { topicInputs } from './topic-inputs.js';
import { variantNames } from './variant-names.js';
import { variantStarts } from './variant-starts.js';

/** What a diagram has to keep to. */
export const diagramRules: readonly DiagramRule[] = [
  oneProcess,
  historyTimeToLive,
  namedElements,
  noDeadEnds,
  reachableElements,
  gatewayConditions,
  knownTopics,
  topicInputs,
  retryOverrides,
  caughtErrors,
  knownMessages,
  knownChecks,
  formReferences,
  timersSet,
  multiInstanceAsync,
  taskPeople,
  callActivities,
  variantNames,
  variantStarts,
  approvalPresent,
  approvalRecorded,
  approversOnly,
  answersAsEntered,
  noCode,
  engineNamespaces,
  allowedExpressions,
  knownVariables,
  decidingTests,
];

/**
 * What can be judged only of diagrams that keep to all else: a walk through a diagram that lacks a way, or an input,
 * would find what is not there.
 */
export const lastRules: readonly DiagramRule[] = [cardStates];

/** What a form has to keep to. */
export const formRules: readonly FormRule[] = [formNames, formComponents, formKeys, textLength];
