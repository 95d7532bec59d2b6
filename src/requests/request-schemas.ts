import { z } from 'zod';
import { cardStates } from '../domain/card-states.js';
import { decisions } from '../domain/decisions.js';
import { requestStates } from '../domain/request-states.js';

const reason = z.string().trim().max(1_000);
const time = z.iso.datetime();

export const newRequestSchema = z
  .object({
    holder: z.string().trim().min(1).max(320).describe('Id, employee number, UPN or e-mail of the card holder'),
    cardType: z.string().min(1).max(100).describe('Id of the card type'),
  })
  .meta({ id: 'NewCardRequest' });

export const decisionSchema = z
  .object({
    decision: z.enum(decisions),
    reason: reason.nullish().describe('Needed to reject; the requester reads it'),
  })
  .meta({ id: 'NewDecision' });

export const postponeSchema = z
  .object({ until: z.union([z.iso.datetime({ offset: true }), z.iso.date()]).describe('Date or time in the future') })
  .meta({ id: 'Postponement' });

export const abortSchema = z.object({ reason: reason.nullish() }).meta({ id: 'Abort' });

export const acceptedSchema = z.object({ id: z.uuid() }).meta({ id: 'Accepted' });

export const requestSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(requestStates),
    reason: z.string().nullable().describe('Why it was rejected, aborted or refused'),
    requester: z.string(),
    holder: z.object({ id: z.uuid(), employeeNumber: z.string(), name: z.string(), department: z.string() }),
    cardType: z.object({ id: z.string(), name: z.string() }),
    card: z.object({ id: z.uuid(), state: z.enum(cardStates), number: z.string().nullable() }).nullable(),
    decision: z
      .object({
        decision: z.enum(decisions),
        cause: z.enum(['approver', 'time-limit']),
        approver: z.string().nullable(),
        approvals: z
          .array(z.object({ approver: z.string(), approvedAt: time }))
          .describe('Where several people had to approve: all of them, in their order; empty otherwise'),
        reason: z.string().nullable(),
        decidedAt: time,
      })
      .nullable(),
    variant: z.string(),
    processDefinitionKey: z.string().describe('Process key of the variant'),
    processDefinitionVersion: z.number().int(),
    processInstanceId: z.string().nullable(),
    batchOrder: z
      .object({ id: z.uuid(), number: z.int() })
      .nullable()
      .describe('The batch order that it belongs to, in which it is decided'),
    decideBefore: time.nullable(),
    createdAt: time,
    registeredAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'CardRequest' });

export type CardRequestBody = z.input<typeof requestSchema>;

export const storySchema = z
  .object({
    ...requestSchema.shape,
    currentStep: z.object({ id: z.string(), name: z.string() }).nullable().describe('Where it waits in its diagram'),
    transitions: z.array(
      z.object({
        at: time,
        actor: z.string(),
        action: z.string(),
        from: z.string().nullable(),
        to: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'CardRequestStory' });
