import { parseTarget } from '../../../src/web/door/target.js';

test('a plain target is passed on as it is', () => {
  expect(parseTarget('/camunda/api/engine/engine/default/task?maxResults=1&sortBy=created').href).toBe(
    '/camunda/api/engine/engine/default/task?maxResults=1&sortBy=created',
  );
  expect(parseTarget('/camunda/app/tasklist/').segments).toEqual(['camunda', 'app', 'tasklist', '']);
});

test('what can be written in two ways is written in one', () => {
  const { segments, href } = parseTarget('/camunda/t%61sk/request-card%3A1%3Ax?a=%62+c&&d');
  expect(segments).toEqual(['camunda', 'task', 'request-card:1:x']);
  expect(href).toBe('/camunda/task/request-card%3A1%3Ax?a=b+c&d=');
});

test.each([
  '/camunda/../engine-rest/task',
  '/camunda/%2e%2e/engine-rest',
  '/camunda/.%2E/engine-rest',
  '/camunda/./app',
  '//camunda/app',
  '/camunda//app',
  '/camunda/app;jsessionid=1/tasklist',
  '/camunda/app%3bjsessionid=1/tasklist',
  '/camunda/a%2fb',
  '/camunda/a%5cb',
  '/camunda/a\\b',
  '/camunda/%252e%252e/x',
  '/camunda/%00',
  '/camunda/%0d%0aX-Door-Signature:%20x',
  '/camunda/%c0%ae',
  '/camunda/%zz',
  '/camunda/a b',
  '/camunda/a?b=1?c=2',
  '/camunda/a#b',
  'http://127.0.0.1/camunda',
])('%s is refused', (url) => {
  expect(() => parseTarget(url)).toThrow(/address/);
});
