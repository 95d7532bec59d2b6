import { createHash } from 'node:crypto';

/** The one style sheet: dark text on light, one accent, one column that also fits 320 px. */
export const style = `
:root {
  --text: #1c2430;
  --soft: #4f5b6b;
  --line: #cfd6df;
  --ground: #f5f7f9;
  --paper: #ffffff;
  --accent: #0b5c7d;
  --accent-dark: #084660;
  --good: #1b6b3a;
  --bad: #a4262c;
  --note: #fff7e0;
  color-scheme: light;
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  overflow-wrap: anywhere;
}
a { color: var(--accent); }
a:hover { color: var(--accent-dark); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .5rem 1rem; }
.bar {
  display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between;
  padding: .75rem 1rem; background: var(--paper); border-bottom: 1px solid var(--line);
}
.brand { font-weight: 600; color: var(--text); text-decoration: none; }
.who { display: flex; gap: .75rem; align-items: center; color: var(--soft); }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1rem 0; }
h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem; }
p { margin: .5rem 0 1rem; }
.soft { color: var(--soft); }
.card, .note {
  background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0;
}
.note { background: var(--note); }
.note.bad { background: #fdf0f0; border-color: var(--bad); }
.note.good { background: #eef7f0; border-color: var(--good); }
.narrow { max-width: 24rem; }
.codes { list-style: none; font-size: 1.1rem; }
.links { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); }
.links a {
  display: block; height: 100%; padding: 1rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: .5rem; text-decoration: none;
}
.links a:hover { border-color: var(--accent); }
.links strong { display: block; }
.links span { color: var(--soft); }
label { display: block; font-weight: 600; margin: .75rem 0 .25rem; }
input, select, textarea, button { font: inherit; color: inherit; }
input[type=checkbox], input[type=radio] { width: 1.2rem; height: 1.2rem; margin: .15rem 0 0; flex: none; accent-color: var(--accent); }
.pick { display: flex; gap: .6rem; align-items: flex-start; }
fieldset { min-width: 0; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem 1rem; margin: 1rem 0; }
legend { font-weight: 600; padding: 0 .4rem; }
.face { display: block; width: 3rem; height: 3.75rem; object-fit: cover; border-radius: .25rem; }
.pick input { min-width: 0; }
.pick label { margin: 0; font-weight: inherit; cursor: pointer; }
progress { width: 100%; height: 1rem; margin: 0 0 1rem; accent-color: var(--accent); }
#progress { margin: 0; }
input, select, textarea {
  width: 100%; padding: .55rem .65rem; background: var(--paper); border: 1px solid #7b8794; border-radius: .3rem;
}
button, .button {
  display: inline-block; padding: .55rem 1.1rem; border: 1px solid var(--accent); border-radius: .3rem;
  background: var(--accent); color: #fff; font-weight: 600; text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { background: var(--accent-dark); color: #fff; }
button.quiet { background: var(--paper); color: var(--accent); font-weight: 400; }
button.quiet:hover { background: var(--ground); color: var(--accent-dark); }
button:disabled, button:disabled:hover { background: var(--ground); border-color: var(--line); color: var(--soft); cursor: not-allowed; }
form .actions { margin-top: 1rem; display: flex; flex-wrap: wrap; gap: .75rem; }
.wide { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .6rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td { overflow-wrap: normal; }
td code { overflow-wrap: break-word; }
td p:last-child { margin-bottom: 0; }
code, pre { font-family: ui-monospace, 'SF Mono', Consolas, monospace; font-size: .92em; }
pre, .note code { overflow-wrap: anywhere; white-space: pre-wrap; }
.state { display: inline-block; padding: 0 .6rem; border: 1px solid currentcolor; border-radius: 1rem; font-weight: 600; color: var(--soft); }
.state.good { color: var(--good); }
.state.bad { color: var(--bad); }
.state + p { margin: .25rem 0 0; }
.filters { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; padding: 0; }
.filters a { display: block; padding: .3rem .8rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--paper); text-decoration: none; }
.filters a:hover { border-color: var(--accent); }
.filters a[aria-current] { background: var(--accent); border-color: var(--accent); color: #fff; }
caption { text-align: left; padding: 0 0 .4rem; color: var(--soft); }
.data { background: var(--paper); border: 1px solid var(--line); }
.data tbody th { color: inherit; white-space: normal; }
.data tbody th :is(.soft, pre, p) { font-weight: 400; }
@media (min-width: 45.01rem) { .data :is(time, .state) { white-space: nowrap; } }
summary { cursor: pointer; color: var(--accent); font-weight: 600; }
.doings { list-style: none; margin: 1rem 0; padding: 0; display: grid; gap: .75rem; }
.doings :is(.card, .actions) { margin: 0; }
.search { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11.5rem, 100%), 1fr)); gap: 0 1rem; align-items: end; }
.search :is(input, select) { height: 2.75rem; }
.sides { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1rem 0; padding: 0; list-style: none; }
.sides li { flex: 1 1 16rem; max-width: 26rem; }
.sides img { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: .6rem; }
.photo { display: block; max-width: 12rem; height: auto; border: 1px solid var(--line); border-radius: .5rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem 1rem; }
dt { color: var(--soft); }
dd { margin: 0; }
@media (max-width: 30rem) {
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: .5rem; }
}
@media (max-width: 45rem) {
  .data thead { display: block; position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .data caption, .data tbody, .data tr, .data tbody th, .data td { display: block; }
  .data tr { padding: .6rem .75rem; border-bottom: 1px solid var(--line); }
  .data tr:last-child { border-bottom: 0; }
  .data tbody th, .data td { padding: .15rem 0; border: 0; }
  .data caption { padding: .6rem .75rem; border-bottom: 1px solid var(--line); }
  .data td { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .5rem; overflow-wrap: anywhere; }
  .data td::before { content: attr(data-heading); color: var(--soft); }
}
`.trimStart();

/** Named after its content, so that browsers may keep it for good. */
export const STYLE_PATH = `/assets/${createHash('sha256').update(style).digest('hex').slice(0, 16)}.css`;
