import type { CardRequestBody } from '../../../src/requests/request-schemas.js';
import { texts } from '../../texts.js';
import { Facts } from '../../ui/facts.js';
import { Time } from '../../ui/time.js';

const words = texts.cards.request;

export interface CardRequestProps {
  /** Null for a card that was made without a request. */
  readonly request: CardRequestBody | null;
  /** When what was approved was written down; null where nothing was. */
  readonly snapshotAt: string | null;
}

/** Who asked for a card, and who decided. */
export function CardRequest({ request, snapshotAt }: CardRequestProps) {
  const decision = request?.decision ?? null;
  return (
    <section class="card" aria-labelledby="request">
      <h2 id="request">{words.title}</h2>
      {request === null && <p>{words.none}</p>}
      <Facts
        facts={[
          ...(request === null
            ? []
            : ([
                [words.requester, request.requester],
                [words.at, <Time at={request.createdAt} />],
                [words.variant, words.variantText(request.variant, request.processDefinitionVersion)],
                [
                  words.decideBefore,
                  request.decideBefore !== null && decision === null ? <Time at={request.decideBefore} /> : null,
                ],
              ] as const)),
          [
            words.decision,
            decision === null ? null : (
              <>
                {decidedText(decision)}, <Time at={decision.decidedAt} />
              </>
            ),
          ],
          [words.reason, request?.reason ?? decision?.reason ?? null],
          [words.snapshot, snapshotAt === null ? null : <Time at={snapshotAt} />],
        ]}
      />
    </section>
  );
}

function decidedText({ decision, cause, approver, approvals }: NonNullable<CardRequestBody['decision']>): string {
  const people = approvals.length > 0 ? approvals.map((each) => each.approver).join(', ') : (approver ?? '');
  return words.decided(decision, cause === 'time-limit' ? words.timeLimit : people);
}
