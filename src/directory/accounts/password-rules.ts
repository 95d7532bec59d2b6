import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { ProductError } from '../../kernel/errors.js';
import { PRODUCT } from '../../web/pages/layout.js';
import { opaqueString } from '../../web/sign-in/password-hash.js';

/** Least characters of a password that a person chooses. */
export const leastPasswordLength = 12;
export const mostPasswordLength = 200;

/** Guesses that an offline attacker with lists of passwords and rules for changing them needs at least, as a power of ten. */
const leastGuesses = 10;

/** Judges by lists of 49,000 common passwords and 7,800 words, keyboard rows, dates, repeats and common replacements. */
const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/**
 * Refuses a password that a person should not choose.
 * @param about the account and the names of its owner, which are guessed first
 * @throws ProductError `invalid-request`
 */
export function assertGoodPassword(password: string, about: readonly string[]): void {
  const form = opaqueString(password);
  const refused = (sentence: string) => new ProductError('invalid-request', sentence);
  if ([...form].length < leastPasswordLength)
    throw refused(`The new password must have at least ${leastPasswordLength} characters.`);
  if (form.length > mostPasswordLength)
    throw refused(`The new password must have at most ${mostPasswordLength} characters.`);
  if (/\p{Cc}/u.test(form)) throw refused('The new password must hold no control characters.');
  const { guessesLog10 } = estimator.check(form, [...about, ...PRODUCT.split(' ')]);
  if (guessesLog10 < leastGuesses)
    throw refused(
      'The new password is among those that are guessed first: common ones, names, dates, keyboard rows, and repeats of them. Choose another.',
    );
}
