import { groups } from '../domain/roles.js';
import type { NewMail } from '../records/mail/mail-types.js';

const tasklist = '/camunda/app/tasklist/default/';

export interface Contradiction {
  readonly cardId: string;
  readonly number: number;
  readonly cardNumber: string;
  readonly backend: string;
  /** How the order ended by the ledger. */
  readonly onRecord: string;
  /** What the backend said afterwards. */
  readonly reported: string;
}

/** To the production operators: a backend said something else of an order than what is on record. */
export function contradiction({ cardId, number, cardNumber, backend, onRecord, reported }: Contradiction): NewMail {
  return {
    eventKey: `production-contradicted:${cardId}-${number}:${reported}`,
    toGroup: groups.producer,
    subject: `Card ${cardNumber}: its backend contradicts the record`,
    body: [
      `Production ${number} of card ${cardNumber} is on record as ${onRecord}. Now the backend ${backend} says that it is ${reported}.`,
      reported === 'produced'
        ? 'There may be a card that nobody expects: look for it, and destroy it.'
        : 'Look for the card: it may not exist although the record says so.',
      'The record was not changed.',
    ].join('\n'),
    linkPath: tasklist,
  };
}

/** To the production operators: a backend makes no cards until someone has seen to it. */
export function backendPaused(backend: string, name: string, message: string, event: string): NewMail {
  return {
    eventKey: `backend-paused:${backend}:${event}`,
    toGroup: groups.producer,
    subject: `${name} makes no cards at present`,
    body: [
      message,
      'Cards that were ordered wait, and are made once this is seen to. Nothing has to be ordered again.',
    ].join('\n'),
    linkPath: tasklist,
  };
}
