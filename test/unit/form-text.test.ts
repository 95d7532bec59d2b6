import { formNotice } from '../../src/process/form-text.js';

it.each([
  ['a <b>name</b>', 'a &lt;b\\>name&lt;/b\\>'],
  ['[click](https://example.org)', '\\[click\\]\\(https://example.org\\)'],
  ['Müller & Söhne', 'Müller &amp; Söhne'],
  ['*stars* and _lines_', '\\*stars\\* and \\_lines\\_'],
])('shows %s as it was written', (text, shown) => {
  expect(formNotice(null, text)).toBe(shown);
});

it('puts the refusal first', () => {
  expect(formNotice('No.', 'Search again.')).toBe('**No.**\n\nSearch again.');
});
