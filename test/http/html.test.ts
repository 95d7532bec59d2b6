import { html } from '../../src/web/pages/html.js';

test('values are escaped, in text and in attributes', () => {
  expect(html`<p title="${'"><script>'}">${"a & 'b' <c>"}</p>`.markup).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">a &amp; &#39;b&#39; &lt;c&gt;</p>',
  );
});

test('markup stays markup, lists are joined, nothing is nothing', () => {
  const rows = ['a', '<b>'].map((each) => html`<li>${each}</li>`);
  expect(html`<ul>${rows}</ul>${null}${undefined}${false}${0}${''}`.markup).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
  );
});
