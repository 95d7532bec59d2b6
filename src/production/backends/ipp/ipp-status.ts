/**
 * What a status other than success means for a call. `busy`: come back later · `down`: nothing was taken, and nothing
 * will be until somebody has seen to the printer or the settings · `lost`: something may have been taken, ask ·
 * `refused`: this document or job will never be taken.
 */
export type StatusMeaning = 'busy' | 'down' | 'lost' | 'refused';

export interface IppStatus {
  readonly keyword: string;
  readonly meaning: StatusMeaning;
  readonly sentence: string;
}

/** Source: RFC 8011, appendix B. What is not listed: client errors are `refused`, all others `lost`. */
const statuses: Readonly<Record<number, IppStatus>> = {
  0x0400: {
    keyword: 'client-error-bad-request',
    meaning: 'refused',
    sentence: 'The printer does not understand the request',
  },
  0x0401: {
    keyword: 'client-error-forbidden',
    meaning: 'down',
    sentence: 'The printer forbids us to print: check its permissions',
  },
  0x0402: {
    keyword: 'client-error-not-authenticated',
    meaning: 'down',
    sentence: 'The printer wants another account or password',
  },
  0x0403: {
    keyword: 'client-error-not-authorized',
    meaning: 'down',
    sentence: 'The account may not print here: check the permissions',
  },
  0x0404: {
    keyword: 'client-error-not-possible',
    meaning: 'down',
    sentence: 'The printer cannot do this in its present state',
  },
  0x0405: {
    keyword: 'client-error-timeout',
    meaning: 'lost',
    sentence: 'The printer waited too long for the document',
  },
  0x0406: {
    keyword: 'client-error-not-found',
    meaning: 'down',
    sentence: 'There is no printer at this address: check the settings',
  },
  0x0407: {
    keyword: 'client-error-gone',
    meaning: 'down',
    sentence: 'The printer at this address is gone: check the settings',
  },
  0x0408: {
    keyword: 'client-error-request-entity-too-large',
    meaning: 'refused',
    sentence: 'The card is too large for the printer',
  },
  0x040a: {
    keyword: 'client-error-document-format-not-supported',
    meaning: 'refused',
    sentence: 'The printer does not take PDF',
  },
  0x040b: {
    keyword: 'client-error-attributes-or-values-not-supported',
    meaning: 'refused',
    sentence: 'The printer cannot print a card of this size or on both sides',
  },
  0x040e: {
    keyword: 'client-error-conflicting-attributes',
    meaning: 'refused',
    sentence: 'The printer cannot combine what the card needs',
  },
  0x0411: {
    keyword: 'client-error-document-format-error',
    meaning: 'refused',
    sentence: 'The printer cannot read the PDF',
  },
  0x0500: { keyword: 'server-error-internal-error', meaning: 'lost', sentence: 'The printer had an error of its own' },
  0x0501: {
    keyword: 'server-error-operation-not-supported',
    meaning: 'down',
    sentence: 'The printer lacks a function that is needed',
  },
  0x0502: { keyword: 'server-error-service-unavailable', meaning: 'busy', sentence: 'The printer is busy' },
  0x0503: {
    keyword: 'server-error-version-not-supported',
    meaning: 'down',
    sentence: 'The printer does not speak IPP/1.1',
  },
  0x0504: {
    keyword: 'server-error-device-error',
    meaning: 'lost',
    sentence: 'The printer had a fault while it took the card',
  },
  0x0505: {
    keyword: 'server-error-temporary-error',
    meaning: 'busy',
    sentence: 'The printer is out of memory or disk for the moment',
  },
  0x0506: {
    keyword: 'server-error-not-accepting-jobs',
    meaning: 'down',
    sentence: 'The printer accepts no jobs: switch its queue on',
  },
  0x0507: { keyword: 'server-error-busy', meaning: 'busy', sentence: 'The printer is busy with another card' },
  0x0508: {
    keyword: 'server-error-job-canceled',
    meaning: 'lost',
    sentence: 'The job was cancelled while it was sent',
  },
  0x050a: {
    keyword: 'server-error-printer-is-deactivated',
    meaning: 'down',
    sentence: 'The printer is switched off for printing',
  },
  0x050b: { keyword: 'server-error-too-many-jobs', meaning: 'busy', sentence: 'The queue of the printer is full' },
};

export const isSuccess = (status: number): boolean => status <= 0x00ff;
export const isNoSuchJob = (status: number): boolean => status === 0x0406 || status === 0x0407;
export const isNotPossible = (status: number): boolean => status === 0x0404;

export function statusOf(status: number): IppStatus {
  const name = `0x${status.toString(16).padStart(4, '0')}`;
  const isClientError = status >= 0x0400 && status <= 0x04ff;
  const unlisted = { keyword: `status-${name}`, sentence: `The printer answered with status ${name}` };
  return statuses[status] ?? { ...unlisted, meaning: isClientError ? 'refused' : 'lost' };
}
