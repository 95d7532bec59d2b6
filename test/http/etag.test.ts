import { isProductError } from '../../src/kernel/errors.js';
import { assertMatch, etagOf, etagOfContent } from '../../src/web/etag.js';

const matches = (sent: string, etag: string): boolean => {
  try {
    assertMatch(sent, etag);
    return true;
  } catch (raw) {
    if (!isProductError(raw, 'stale')) throw raw;
    return false;
  }
};

/** What compressing proxies make of `"x"`: nginx, Apache, Jetty, Caddy and others. */
const changed = ['W/"x"', '"x-gzip"', '"x--gzip"', 'W/"x-gzip"', '"x;gzip"', '"x-br"', '"x:zstd"', '"x-df"'];

test.each(['"x"', ...changed])('a tag that comes back as %s is ours', (form) => {
  for (const etag of [etagOf(12), etagOfContent({ a: 1 })]) {
    const sent = form.replace('x', () => etag.slice(1, -1));
    expect([sent, matches(sent, etag)]).toEqual([sent, true]);
    expect(matches(`"other", ${sent}`, etag)).toBe(true);
  }
});

test.each([
  '"1"',
  '"123"',
  '"12-"',
  '"12-other"',
  '"12-gzip-gzip"',
  '12',
  'W/12',
  '"',
  '""',
  '"-gzip"',
  'w/"12"',
  '"2"',
])('another state is told from ours: %s', (sent) => {
  expect(matches(sent, etagOf(12))).toBe(false);
});
