import { assertNoExpressions } from '../../../src/web/door/expressions.js';

test.each([
  [{ assigneeExpression: '${x}' }],
  [{ query: { orQueries: [{ nested: [{ candidateGroupExpression: '' }] }] } }],
  [[[{ dueBEFOREexpression: null }]]],
  [JSON.parse('{"a":{"due\\u0042eforeExpression":"x"}}')],
])('%j is refused', (value) => {
  expect(() => assertNoExpressions(value)).toThrow(/Expressions are not evaluated here/);
});

test.each([[undefined], [null], ['Expression'], [{ expressionist: 1, a: ['xExpression'] }]])('%j passes', (value) => {
  expect(() => assertNoExpressions(value)).not.toThrow();
});
