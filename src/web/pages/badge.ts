import { html, type Html } from './html.js';

/** A state in words; the tone only adds a colour, so that nobody has to see it. */
export interface Badge {
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad';
}

export function badge({ text, tone }: Badge): Html {
  return html`<span class="state ${tone}">${text}</span>`;
}
