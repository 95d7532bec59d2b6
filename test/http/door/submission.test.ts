import { formFields } from '../../../src/web/door/form-fields.js';
import { readSubmission } from '../../../src/web/door/submission.js';

const form = formFields({
  components: [
    { type: 'text' },
    { type: 'textfield', key: 'query', label: 'Card holder', validate: { maxLength: 10 } },
    { type: 'textarea', key: 'note' },
    { type: 'number', key: 'count', label: 'Count' },
    { type: 'checkbox', key: 'sure' },
    { type: 'select', key: 'holder', valuesKey: 'holderOptions' },
    { type: 'table', dataSource: '=requests' },
    { type: 'textfield', key: 'requester', readonly: true },
    { type: 'textfield', key: 'secret', disabled: true },
    { type: 'button', key: 'go' },
    { type: 'group', components: [{ type: 'checklist', key: 'cards', label: 'Cards', valuesKey: 'cardOptions' }] },
  ],
});
const read = (variables: unknown, rest = {}) => readSubmission({ variables, ...rest }, form);

test('declared fields are typed for the engine and plain for the check', () => {
  const variables = {
    query: { value: 'Ada' },
    count: { value: 3 },
    sure: { value: true, type: 'Boolean' },
    holder: { value: null },
    cards: { value: '["a","b"]', type: 'Json', valueInfo: { anything: 1 } },
  };
  expect(read(variables)).toEqual({
    fields: { query: 'Ada', count: 3, sure: true, holder: null, cards: ['a', 'b'] },
    variables: {
      query: { value: 'Ada', type: 'String' },
      count: { value: 3, type: 'Integer' },
      sure: { value: true, type: 'Boolean' },
      holder: { value: null, type: 'Null' },
      cards: { value: '["a","b"]', type: 'Json' },
    },
  });
});

test.each([['holderOptions'], ['cardOptions'], ['requests'], ['requester'], ['secret'], ['go']])(
  '%s is only shown, so it is left out',
  (name) => {
    expect(read({ [name]: { value: 'changed', type: 'Object' } })).toEqual({ fields: {}, variables: {} });
  },
);

test.each([['variantKey'], ['starter'], ['Query'], ['__proto__x'], ['constructor'], ['toString']])(
  '%s is not in the form',
  (name) => {
    expect(() => read({ [name]: { value: 'x' } })).toThrow(`The form has no field "${name}".`);
  },
);

test.each([
  ['query', { value: 'x', type: 'Object' }],
  ['query', { value: 'x', type: 'Xml' }],
  ['query', { value: 'x', type: 'Json' }],
  ['query', { value: { a: 1 } }],
  ['query', { value: 7 }],
  ['count', { value: true }],
  ['sure', { value: 'yes' }],
  ['holder', { value: ['a'] }],
  ['cards', { value: '{"a":1}', type: 'Json' }],
  ['cards', { value: '[{"a":1}]', type: 'Json' }],
  ['cards', { value: 'rO0ABXNy', type: 'Object' }],
])('%s does not take %j', (name, variable) => {
  expect(() => read({ [name]: variable })).toThrow(/is not of the kind the form asks for/);
});

test('text is as long as the form says, and never longer than the engine can keep', () => {
  expect(() => read({ query: { value: 'x'.repeat(11) } })).toThrow('"Card holder" is too long: 10 characters at most.');
  expect(read({ note: { value: 'x'.repeat(4_000) } }).fields).toHaveProperty('note');
  expect(() => read({ note: { value: 'x'.repeat(4_001) } })).toThrow(/4000 characters at most/);
  expect(() => read({ cards: { value: JSON.stringify(['x'.repeat(4_000)]), type: 'Json' } })).toThrow(/too long/);
});

test.each([[{ businessKey: 'mine' }], [{ withVariablesInReturn: true }], [{ localVariables: {} }]])(
  'further members such as %j are refused',
  (rest) => {
    expect(() => read({}, rest)).toThrow(/not sent as Tasklist sends forms/);
  },
);

test('a form may be submitted empty', () => {
  expect(readSubmission(undefined, form)).toEqual({ fields: {}, variables: {} });
  expect(readSubmission({ variables: null }, form)).toEqual({ fields: {}, variables: {} });
});
