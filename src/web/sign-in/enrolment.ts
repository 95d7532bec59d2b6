import bwip from 'bwip-js/node';
import type { ProductError } from '../../kernel/errors.js';
import { html, type Html } from '../pages/html.js';
import { PRODUCT } from '../pages/layout.js';
import { refusalNote } from '../pages/notes.js';
import { totpAddress } from './totp.js';

export const codeTexts = {
  code: 'Code of your app',
  codeOrRecovery: 'Code of your app, or a recovery code',
  confirm: 'Confirm',
  scan: 'Scan this with an authenticator app on your phone, then type the code that it shows.',
  byHand: 'Or type this key into the app:',
  qr: 'QR code for the authenticator app',
  recoveryTitle: 'Recovery codes',
  recovery:
    'Each of these signs you in once without your phone. They are shown this once: keep them where your phone is not.',
  goOn: 'I have kept them: go on',
} as const;

/** Sets an app up: QR code, the same as text, and the first code to prove that it works. */
export function enrolmentForm(
  { secret, account, action, next }: { secret: string; account: string; action: string; next: string },
  refusal: ProductError | null,
): Html {
  return html`${refusal !== null && refusalNote(refusal)}
    <div class="card narrow">
      <p>${codeTexts.scan}</p>
      ${qrCode(totpAddress(secret, account, PRODUCT))}
      <p>${codeTexts.byHand} <code>${secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p>
      ${codeForm({ action, next, label: codeTexts.code, button: codeTexts.confirm })}
    </div>`;
}

/** Asks for a code. */
export function codeForm({
  action,
  next,
  label,
  button,
}: {
  action: string;
  next: string;
  label: string;
  button: string;
}): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="next" value="${next}" />
    <label for="code">${label}</label>
    <input id="code" name="code" required autofocus autocomplete="one-time-code" autocapitalize="none" spellcheck="false" />
    <div class="actions"><button>${button}</button></div>
  </form>`;
}

/** Shows recovery codes once. */
export function recoveryCodes(codes: readonly string[], next: string): Html {
  return html`<p>${codeTexts.recovery}</p>
    <ul class="card narrow codes">
      ${codes.map((code) => html`<li><code>${code.replace(/(.{4})(?=.)/g, '$1-')}</code></li>`)}
    </ul>
    <p><a class="button" href="${next}">${codeTexts.goOn}</a></p>`;
}

function qrCode(text: string): Html {
  const [symbol] = bwip.raw('qrcode', text, 'eclevel=M');
  if (symbol === undefined || !('pixs' in symbol)) throw new Error('bwip-js has drawn no QR code');
  const { pixs, pixx } = symbol;
  const dark = pixs.flatMap((bit, at) => (bit === 1 ? [`M${at % pixx} ${Math.floor(at / pixx)}h1v1h-1z`] : []));
  const side = pixx + 8;
  return html`<svg width="240" height="240" viewBox="-4 -4 ${side} ${side}" role="img" aria-label="${codeTexts.qr}">
    <rect x="-4" y="-4" width="${side}" height="${side}" fill="#fff" />
    <path d="${dark.join('')}" fill="#000" />
  </svg>`;
}
