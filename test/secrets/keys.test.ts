import { randomBytes, randomUUID } from 'node:crypto';
import { readConfig, secretsKeysEnvironment, secretsKeysOf, type SecretsKey } from '../../src/kernel/config.js';
import { KeyRing, type Sealed } from '../../src/kernel/key-ring.js';
import { sealedFor, type CardSecretPlace } from '../../src/production/secrets/card-secret-place.js';
import { isEvenlySpaced, randomSecrets } from '../../src/production/secrets/secret-generator.js';

const key = (id: string): SecretsKey => ({ id, key: randomBytes(32) });
const line = ({ id, key: bytes }: SecretsKey) => `${id}:${bytes.toString('base64')}`;
const read = (env: NodeJS.ProcessEnv) => secretsKeysOf(readConfig(secretsKeysEnvironment, env));

describe('settings', () => {
  const [one, two] = [key('2026-a'), key('2026-b')];

  test('keys are read in their order; comments and empty lines are left out', () => {
    expect(read({ SECRETS_KEYS: `# current first\n${line(one)}\r\n\n${line(two)}\n` })).toEqual([one, two]);
  });

  test.each([
    [
      'a key that is too short',
      `${line(one)}\nk2:${randomBytes(16).toString('base64')}`,
      /SECRETS_KEYS has in line 2 no key: write id:base64/,
    ],
    ['a key without an id', line(one).replace(/^[^:]+/, ''), /SECRETS_KEYS has in line 1 no key/],
    ['one id for two keys', `${line(one)}\n${line({ ...two, id: one.id })}`, /SECRETS_KEYS names the key 2026-a twice/],
    ['no key at all', '# nothing', /SECRETS_KEYS holds no key/],
  ])('%s is refused without showing the key', (_, text, sentence) => {
    expect(() => read({ SECRETS_KEYS: text })).toThrow(sentence);
    expect(() => read({ SECRETS_KEYS: text })).not.toThrow(one.key.toString('base64').slice(0, 20));
  });

  test('a file that is not there, no setting and two settings are distinguished', () => {
    expect(() => read({ SECRETS_KEYS_FILE: '/does/not/exist' })).toThrow(
      /SECRETS_KEYS_FILE names a file that cannot be read \(ENOENT\)/,
    );
    expect(() => read({})).toThrow(/neither SECRETS_KEYS_FILE nor SECRETS_KEYS is set/);
    expect(() => secretsKeysOf({ SECRETS_KEYS: [one], SECRETS_KEYS_FILE: [one] })).toThrow(/both set: keep one/);
  });
});

describe('sealing', () => {
  const [old, current] = [key('old'), key('current')];
  const ring = new KeyRing([current, old]);
  const pin: CardSecretPlace = { cardId: randomUUID(), number: 1, kind: 'pin' };
  const place = sealedFor(pin);
  const message = (open: () => unknown) => {
    try {
      return `opened: ${String(open())}`;
    } catch (error) {
      return `${(error as Error).message} ${JSON.stringify(error)}`;
    }
  };

  test('opens what it sealed, also after another key has become the current one', () => {
    const sealed = new KeyRing([old]).seal('271828', place);
    expect(sealed.keyId).toBe('old');
    expect(ring.open(sealed, place)).toBe('271828');
    expect(ring.seal('271828', place).keyId).toBe('current');
  });

  test('never seals the same to the same', () => {
    const seals = Array.from({ length: 1_000 }, () => ring.seal('271828', place).sealed.toString('hex'));
    expect(new Set(seals.map((seal) => seal.slice(0, 24))).size).toBe(1_000);
    expect(new Set(seals.map((seal) => seal.slice(24, 36))).size).toBeGreaterThan(990);
  });

  test.each<[string, Partial<CardSecretPlace>]>([
    ['another card', { cardId: randomUUID() }],
    ['another production number', { number: 2 }],
    ['the other kind', { kind: 'puk' }],
  ])('cannot be opened for %s', (_, other) => {
    const sealed = ring.seal('271828', place);
    expect(message(() => ring.open(sealed, sealedFor({ ...pin, ...other })))).toMatch(
      /cannot be opened with the key "current"/,
    );
  });

  test('each altered byte is noticed, and nothing of the secret is shown', () => {
    const { sealed, keyId } = ring.seal('271828', place);
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const told = message(() => ring.open({ sealed: altered, keyId }, place));
      expect(told).toMatch(/cannot be opened/);
      expect(told).not.toContain('27182');
    }
    for (const length of [0, 5, 12, 20, 27])
      expect(message(() => ring.open({ sealed: sealed.subarray(0, length), keyId }, place))).toMatch(
        /cannot be opened/,
      );
  });

  test('names the key that is missing', () => {
    const sealed: Sealed = new KeyRing([key('lost')]).seal('271828', place);
    expect(message(() => ring.open(sealed, place))).toMatch(
      /sealed with the key "lost", which is not among the keys of SECRETS_KEYS/,
    );
    const other = new KeyRing([key('old')]).seal('271828', place);
    expect(message(() => ring.open(other, place))).toMatch(/altered, or that id names another key now/);
  });
});

describe('PINs and PUKs', () => {
  test('have the length that is asked for and use every digit at every place', () => {
    const seen = Array.from({ length: 6 }, () => new Set<string>());
    for (let n = 0; n < 2_000; n += 1) [...randomSecrets.pin(6)].forEach((digit, at) => seen[at]?.add(digit));
    expect(seen.map((digits) => digits.size)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(randomSecrets.puk(8)).toMatch(/^\d{8}$/);
    expect(randomSecrets.pin(4)).toMatch(/^\d{4}$/);
  });

  test('no digit is favoured', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 20_000; n += 1)
      for (const digit of randomSecrets.pin(6)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 12_000) ** 2 / 12_000, 0);
    // 9 degrees of freedom: exceeded by chance once in ten million runs.
    expect(chiSquare).toBeLessThan(50);
  });

  test('100 of each length are drawn again', () => {
    const weak = Array.from({ length: 10_000 }, (_, n) => String(n).padStart(4, '0')).filter((pin) =>
      isEvenlySpaced([...pin].map(Number)),
    );
    expect(weak).toHaveLength(100);
    expect(weak).toEqual(expect.arrayContaining(['0000', '1234', '9876', '8901', '2468']));
  });
});
