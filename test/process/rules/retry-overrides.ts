import { chain, type ModelCase, sample } from '../../bpmn/model-cases/model-case.js';

const retried = (name: string, value: string) => [
  sample(
    chain([
      'find',
      `<serviceTask id="find" camunda:type="external" camunda:topic="find-holder"><extensionElements><camunda:properties><camunda:property name="${name}" value="${value}" /></camunda:properties></extensionElements></serviceTask>`,
    ]),
  ),
];
const wrongRetry = ['sample.bpmn: find: retry-overrides'];

export const failing: readonly ModelCase[] = [
  { what: 'attempts in words', files: retried('retries', 'three'), findings: wrongRetry },
  { what: 'no attempt at all', files: retried('retries', '0'), findings: wrongRetry },
  { what: 'a delay in seconds', files: retried('retryDelay', '10s'), findings: wrongRetry },
  { what: 'a delay in months, which have no fixed length', files: retried('retryDelay', 'P1M'), findings: wrongRetry },
  { what: 'a delay of thousands of years', files: retried('retryDelay', 'P99999999D'), findings: wrongRetry },
];

export const passing: readonly ModelCase[] = [
  { what: 'attempts and delays that workers read', files: [...retried('retries', '3')], findings: [] },
  { what: 'a delay left empty by its template', files: retried('retryDelay', ''), findings: [] },
];
