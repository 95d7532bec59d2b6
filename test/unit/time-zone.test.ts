import { dayOf, isoText, isTimeZone, momentOf, setTimeZone, timeText, timeZone } from '../../src/kernel/time-zone.js';

describe.each([
  ['Asia/Tokyo', '2026-12-01T14:59:59Z', '2026-12-01', '2026-12-01T23:59:59.000+09:00'],
  ['Asia/Tokyo', '2026-12-01T15:00:00Z', '2026-12-02', '2026-12-02T00:00:00.000+09:00'],
  ['America/St_Johns', '2026-12-01T03:29:59Z', '2026-11-30', '2026-11-30T23:59:59.000-03:30'],
  ['America/St_Johns', '2026-07-01T02:30:00Z', '2026-07-01', '2026-07-01T00:00:00.000-02:30'],
  ['Pacific/Apia', '2026-12-01T10:59:59Z', '2026-12-01', '2026-12-01T23:59:59.000+13:00'],
  ['Pacific/Apia', '2026-12-01T11:00:00Z', '2026-12-02', '2026-12-02T00:00:00.000+13:00'],
])('in %s %s', (zone, at, day, iso) => {
  beforeEach(() => setTimeZone(zone));
  test('is of its day', () => expect(dayOf(new Date(at))).toBe(day));
  test('is written with its offset', () => expect(isoText(new Date(at))).toBe(iso));
  test('is read back', () => expect(momentOf(iso)).toEqual(new Date(at)));
});

test.each([
  ['Asia/Tokyo', '2026-12-02', '2026-12-01T15:00:00.000Z'],
  ['Asia/Tokyo', '2026-12-02T08:30', '2026-12-01T23:30:00.000Z'],
  ['Asia/Tokyo', '2026-12-02T08:30:15Z', '2026-12-02T08:30:15.000Z'],
  ['America/St_Johns', '2026-11-01', '2026-11-01T02:30:00.000Z'],
  ['America/St_Johns', '2026-11-02', '2026-11-02T03:30:00.000Z'],
  // 01:30 comes twice that night, 02:30 not at all in spring.
  ['America/St_Johns', '2026-11-01T01:30', '2026-11-01T04:00:00.000Z'],
  ['America/St_Johns', '2026-03-08T02:30', '2026-03-08T06:00:00.000Z'],
  // The clocks went back at one minute past midnight, so this midnight came twice.
  ['America/St_Johns', '2010-11-07', '2010-11-07T02:30:00.000Z'],
  // A day that this zone left out.
  ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
  ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ['Pacific/Apia', '2026-12-02', '2026-12-01T11:00:00.000Z'],
  ['UTC', '0000-01-01', '0000-01-01T00:00:00.000Z'],
])('in %s %s is %s', (zone, text, at) => {
  setTimeZone(zone);
  expect(momentOf(text).toISOString()).toBe(at);
});

test('what is no date gives an invalid one', () => {
  expect(momentOf('2026-13-01').getTime()).toBeNaN();
  expect(momentOf('soon').getTime()).toBeNaN();
});

test('people see the time of the zone and which zone that is', () => {
  setTimeZone('America/St_Johns');
  expect(timeText('2026-12-01T12:00:00Z')).toBe('2026-12-01 08:30 GMT-3:30');
  expect(timeText('2026-12-01T12:00:07Z', 'second')).toBe('2026-12-01 08:30:07 GMT-3:30');
});

test.each(['Asia/Tokyo', 'UTC', 'asia/tokyo', 'Europe/Kyiv'])('%s is a zone', (name) =>
  expect(isTimeZone(name)).toBe(true),
);
test.each(['', '+09:00', 'Asia/Nowhere', 'Tokyo', '9'])('"%s" is none', (name) => expect(isTimeZone(name)).toBe(false));

test('nothing set leaves the zone of the machine, and upper and lower case are the same', () => {
  setTimeZone('asia/tokyo');
  setTimeZone(undefined);
  expect(timeZone()).toBe('Asia/Tokyo');
});
