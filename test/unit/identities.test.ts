import { canonicalAccount, canonicalReference, isSameAccount } from '../../src/domain/identities.js';

it.each([
  ['a zero width space', '\u200bapprover2'],
  ['a soft hyphen', 'appro\u00adver2'],
  ['a mark of direction', '\u200fapprover2'],
  ['a variation selector', 'approver2\ufe0f'],
  ['a Hangul filler', 'approver2\u3164'],
  ['capitals', 'Approver2'],
  ['wide letters', 'ａｐｐｒｏｖｅｒ２'],
  ['blanks around it, also such that do not break', '\u00a0 approver2\t'],
  ['a byte order mark', '\ufeffapprover2'],
])('an account with %s is the account', (_what, account) => {
  expect(canonicalAccount(account)).toBe('approver2');
  expect(isSameAccount(account, 'approver2')).toBe(true);
});

it('letters in parts and composed are one, and blanks within are one blank', () => {
  expect(canonicalReference('A\u0308 \u00a0 7')).toBe('Ä 7');
});

it('a reference keeps its case', () => {
  expect(canonicalReference('Emp-7')).toBe('Emp-7');
});

it('is the form of its own form, for every letter that there is', () => {
  const changed: string[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const once = canonicalAccount(`a${String.fromCodePoint(code)}b`);
    if (canonicalAccount(once) !== once) changed.push(code.toString(16));
  }
  expect(changed).toEqual([]);
});
