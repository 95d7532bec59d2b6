import type { TypedValue } from 'camunda-external-task-client-js';
import { PermanentError, type TopicContract } from '../../workers/runtime/index.js';
import { readInputs, writeErrorOutputs, writeOutputs } from '../../workers/runtime/variables.js';
import { plainTopic } from './support.js';

const reading = (declaration: TopicContract['inputs'][string], typed?: TypedValue) => () =>
  readInputs({ ...plainTopic, inputs: { x: declaration } }, typed === undefined ? {} : { x: typed })['x'];

const date = new Date('2026-01-02T03:04:05.678Z');

test.each([
  ['String', { type: 'String', value: '' }, ''],
  ['Boolean', { type: 'Boolean', value: false }, false],
  ['Integer', { type: 'Integer', value: 0 }, 0],
  ['Integer', { type: 'Long', value: 7 }, 7],
  ['Long', { type: 'Integer', value: 7 }, 7],
  ['Double', { type: 'Integer', value: 7 }, 7],
  ['Double', { type: 'Double', value: 0.5 }, 0.5],
  ['Date', { type: 'Date', value: '2026-01-02T03:04:05.678+0000' }, date],
  ['Json', { type: 'Json', value: '{"a":[1]}' }, { a: [1] }],
  ['String?', { type: 'Null', value: null }, null],
  ['String?', undefined, null],
  ['Json?', { type: 'Json', value: null }, null],
] as const)('an input declared as %s takes %j', (declaration, typed, value) => {
  expect(reading(declaration, typed)()).toEqual(value);
});

test.each([
  ['String', undefined, 'is missing'],
  ['String', { type: 'Null', value: null }, 'is missing'],
  ['String', { type: 'Integer', value: 1 }, 'is of type integer instead of String'],
  ['Integer', { type: 'Long', value: 2 ** 31 }, 'does not fit Integer'],
  ['Long', { type: 'Long', value: 2 ** 53 }, 'does not fit Long'],
  ['Date', { type: 'Date', value: 'yesterday' }, 'does not fit Date'],
  ['Json', { type: 'Json', value: '{secret' }, 'cannot be read as Json'],
  ['Boolean?', { type: 'String', value: 'true' }, 'is of type string instead of Boolean'],
] as const)('an input declared as %s refuses %j for good', (declaration, typed, problem) => {
  const read = reading(declaration, typed);
  expect(read).toThrow(PermanentError);
  expect(read).toThrow(`The input “x” ${problem}.`);
});

const writing = (declaration: TopicContract['outputs'][string], value: unknown) => () =>
  writeOutputs({ ...plainTopic, outputs: { x: declaration } }, { x: value }, {});

test.each([
  ['String', 'a', { type: 'string', value: 'a' }],
  ['Integer', -5, { type: 'integer', value: -5 }],
  ['Date', date, { type: 'date', value: '2026-01-02T03:04:05.678+0000' }],
  ['Json', { a: 1 }, { type: 'json', value: '{"a":1}' }],
  ['Json', 'text', { type: 'json', value: '"text"' }],
  ['String?', null, { type: 'null', value: null }],
] as const)('an output declared as %s is sent for %j', (declaration, value, typed) => {
  expect(writing(declaration, value)().process?.getDirtyVariables()).toEqual({ x: typed });
});

test.each([
  ['String', 5],
  ['String', null],
  ['String', undefined],
  ['Integer', 1.5],
  ['Long', 2 ** 53],
  ['Double', Number.NaN],
  ['Date', new Date(Number.NaN)],
  ['Json', () => 1],
  ['Json', null],
] as const)('an output declared as %s refuses %p for good', (declaration, value) => {
  expect(writing(declaration, value)).toThrow(PermanentError);
});

test('an optional output may be left out, which sends nothing', () => {
  expect(writing('String?', undefined)()).toEqual({});
});

test('an output that is not declared is refused, names from Object’s prototype included', () => {
  expect(() => writeOutputs(plainTopic, { constructor: 1 }, {})).toThrow('The output “constructor” is not declared.');
});

test('local outputs stay apart, and a BPMN error cannot carry them', () => {
  const contract = { ...plainTopic, outputs: { shared: 'Integer', mine: { type: 'Json', local: true } } } as const;
  const { process, local } = writeOutputs(contract, { shared: 1, mine: [] }, {});
  expect([process?.getDirtyVariables(), local?.getDirtyVariables()]).toMatchObject([{ shared: {} }, { mine: {} }]);
  expect(writeErrorOutputs(contract, { shared: 1 }).process?.getDirtyVariables()).toMatchObject({
    shared: { value: 1 },
  });
  expect(() => writeErrorOutputs(contract, { mine: [] })).toThrow('cannot carry local variables');
});

test('an output that the task came with is not written again', () => {
  const contract: TopicContract = {
    ...plainTopic,
    outputs: { same: 'String', other: 'String', retyped: 'String', mine: { type: 'String', local: true } },
  };
  const given = {
    same: { type: 'String', value: 'a' },
    other: { type: 'String', value: 'b' },
    retyped: { type: 'Integer', value: 1 },
    mine: { type: 'String', value: 'm' },
  };
  const { process, local } = writeOutputs(contract, { same: 'a', other: 'c', retyped: '1', mine: 'm' }, given);
  expect(Object.keys(process?.getDirtyVariables() ?? {})).toEqual(['other', 'retyped']);
  expect(Object.keys(local?.getDirtyVariables() ?? {})).toEqual(['mine']);
});
