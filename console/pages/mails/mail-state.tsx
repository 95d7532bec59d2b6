import type { MailBody } from '../../../src/records/mail/mail-routes.js';
import { texts } from '../../texts.js';
import { Badge } from '../../ui/badge.js';

const words = texts.mails;

const tones: Partial<Record<MailBody['state'], 'good' | 'bad'>> = { sent: 'good', failed: 'bad', unknown: 'bad' };

export function MailStateBadge({ state }: Pick<MailBody, 'state'>) {
  return <Badge text={words.states[state]} tone={tones[state] ?? 'plain'} />;
}

/** To whom a mail goes, in words. */
export function recipientOf({
  toGroup,
  toAccount,
  toAddress,
}: Pick<MailBody, 'toGroup' | 'toAccount' | 'toAddress'>): string {
  if (toGroup !== null) return words.group(toGroup);
  return [toAccount ?? words.cardHolder, toAddress ?? []].flat().join(', ');
}
