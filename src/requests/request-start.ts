import type { CommandPayload } from '../engine/outbox/command-store.js';
import { messages } from '../process/contract/index.js';

/** The command that starts the entry process for a reserved request, right at its variant. */
export function reservationStart(request: {
  readonly id: string;
  readonly user: string;
  readonly holder: string;
  readonly cardType: string;
  readonly variantKey: string;
  readonly variantVersion: number;
}): CommandPayload {
  const text = (value: string) => ({ value, type: 'String' });
  return {
    kind: 'start',
    message: messages.requestReserved,
    businessKey: request.id,
    user: request.user,
    variables: {
      requestId: text(request.id),
      holder: text(request.holder),
      cardType: text(request.cardType),
      variantKey: text(request.variantKey),
      variantVersion: { value: request.variantVersion, type: 'Integer' },
    },
  };
}
