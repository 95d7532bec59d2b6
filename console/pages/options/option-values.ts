import type { OptionBody } from '../../../src/directory/options/option-routes.js';
import { texts } from '../../texts.js';

const words = texts.options;

/** A value in words. */
export function optionText(value: unknown): string {
  if (value === null) return words.none;
  const text = plain(value);
  return words.choices[text]?.toLowerCase() ?? text;
}

/** A value as a field shows it; none is empty, where it is not one of the choices. */
export function draftOf({ input }: Pick<OptionBody, 'input'>, value: unknown): string {
  return value === null ? (input.kind === 'choice' ? 'none' : '') : plain(value);
}

/** What a field says, as the value it stands for, or why it stands for none. The server has the last word. */
export function readDraft(
  input: OptionBody['input'],
  draft: string,
): { readonly value: string | number | null } | { readonly wrong: string } {
  const text = draft.trim();
  switch (input.kind) {
    case 'choice':
      return { value: input.choices.find((choice) => String(choice) === text) ?? text };
    case 'duration':
      if (text === '' && input.orNone) return { value: null };
      return /^P\d*[\dWDTHMS]+$/i.test(text) ? { value: text.toUpperCase() } : { wrong: words.notADuration };
    case 'number': {
      if (text === '' && input.orNone) return { value: null };
      const number = Number(text);
      const fits = text !== '' && Number.isInteger(number) && number >= input.least && number <= input.most;
      return fits ? { value: number } : { wrong: words.notANumber(input.least, input.most) };
    }
  }
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
