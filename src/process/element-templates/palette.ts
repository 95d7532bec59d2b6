import { groups } from '../../domain/roles.js';
import { messages, type CheckName, type topics, type TopicName } from '../contract/index.js';

type Inputs<T extends TopicName> = keyof (typeof topics)[T]['inputs'] & string;

/** What the palette says about one input of a topic. */
interface InputHelp {
  readonly help: string;
  /** What it begins with where it is shown. An optional input without it is not: the variable of its name is taken. */
  readonly begins?: string;
}

/** The same work for another purpose, as a template of its own. */
export interface Variation<Input extends string> {
  readonly id: string;
  readonly name: string;
  readonly does: string;
  /** Inputs that make it what it is: not shown. */
  readonly fixed: Readonly<Partial<Record<Input, string>>>;
  /** Inputs that it has no use for. */
  readonly without: readonly Input[];
}

export interface WorkHelp<Input extends string> {
  readonly does: string;
  readonly inputs: Readonly<Record<Input, InputHelp>>;
  readonly variations?: readonly Variation<Input>[];
}

/** What designers read about the topics of the contract. A topic without its help does not compile. */
export const work: { readonly [T in TopicName]: WorkHelp<Inputs<T>> } = {
  'find-holder': {
    does: 'Looks up card holders by the text of a search form, and what each card type would mean for them.',
    inputs: {
      query: { help: 'What to look for. Without it, the form asks for it.' },
      refusal: { help: 'Why a request came back, for the sentence above the form.' },
    },
  },
  'register-request': {
    does: 'Makes the request and its card, in the state that you choose here. Everything is checked again.',
    inputs: {
      requestedState: {
        help: 'Whether the request waits for an approval, or is approved at once.',
        begins: 'requested',
      },
      holder: { help: 'Id of the card holder.' },
      cardType: { help: 'Id of the card type.' },
      requestId: { help: 'Id of a request that the API has reserved.' },
    },
  },
  'record-decision': {
    does: 'Records who decided what, moves the request and its card, and notifies the requester by mail. Who decided and what their form said is read from the engine’s own records.',
    inputs: {
      requestId: { help: 'Id of the request.' },
      approvalTask: {
        help: 'Id of the user task whose completion is the decision. Several, in their order and separated by commas, where different people have to approve.',
        begins: 'decide-request',
      },
    },
    variations: [
      {
        id: 'record-time-limit',
        name: 'Reject for time',
        does: 'Rejects a request that nobody decided in time. Put it behind the message approval-time-limit-reached.',
        fixed: {},
        without: ['approvalTask'],
      },
    ],
  },
  'find-own-requests': {
    does: 'Lists the requests of the person who started the process that still wait for a decision.',
    inputs: { refusal: { help: 'Why an earlier choice was refused, for the sentence above the form.' } },
  },
  'abort-request': {
    does: 'Withdraws a request of the person who started the process.',
    inputs: {
      requestId: { help: 'Id of the request.' },
      reason: { help: 'Why it is withdrawn.' },
    },
  },
  'find-issuable': {
    does: 'Looks up what can be issued by the text of a search form: approved cards or, while Request card is disabled, active card holders.',
    inputs: {
      query: { help: 'What to look for. Without it, the form asks for it.' },
      refusal: { help: 'Why an order came back, for the sentence above the form.' },
    },
  },
  'order-production': {
    does: 'Orders the card from its production backend. The process then waits for the message card-production-ended.',
    inputs: {
      source: {
        help: 'An approved card, a failed one to be produced again, or a holder, for whom a card is made without a request.',
        begins: 'approved',
      },
      card: { help: 'Id of the card, unless it is made from a holder.' },
      holder: { help: 'Id of the card holder, where the card is made from a holder.' },
      cardType: { help: 'Id of the card type, where the card is made from a holder.' },
      orderTask: {
        help: 'Id of the user task whose completion orders. Without it, the person who started the process orders.',
      },
    },
  },
  'cancel-card': {
    does: 'Withdraws an approved or failed card for good.',
    inputs: {
      card: { help: 'Id of the card.' },
      reason: { help: 'Why it is cancelled.' },
      cancelTask: {
        help: 'Id of the user task whose completion cancels. Without it, the person who started the process cancels.',
      },
    },
  },
  'prepare-batch': {
    does: 'Puts the draft of a batch order together: the approved cards that a filter chooses. The selection stays in the database.',
    inputs: {
      label: { help: 'What the batch order is called.' },
      cardType: { help: 'Only cards of this type (id).' },
      department: { help: 'Only cards of holders of this department.' },
      approvedBefore: { help: 'Only cards that were approved before this date.' },
      refusal: { help: 'Why the batch order came back, for the sentence above the form.' },
    },
  },
  'order-batch': {
    does: 'Orders all cards of a round from their production backends. The process then waits for the message batch-round-ended.',
    inputs: {
      batchId: { help: 'Id of the batch order.' },
      round: { help: 'The round after which to order; 0 orders what was chosen, any other what has failed.' },
      exceptions: { help: 'Ids of cards that are left out of the first round.' },
      orderTask: { help: 'Id of the user task whose completion orders.', begins: 'choose-batch' },
    },
  },
  'close-batch': {
    does: 'Completes a batch order in its review, or cancels: a draft is dropped, failed cards are withdrawn for good.',
    inputs: {
      batchId: { help: 'Id of the batch order.' },
      decision: { help: 'complete or cancel.', begins: 'complete' },
      reason: { help: 'Why failed cards are withdrawn.' },
      closeTask: { help: 'Id of the user task whose completion closes.', begins: 'review-batch' },
    },
  },
  'prepare-requests': {
    does: 'Puts a batch of requests together: the card holders that a filter or a list of names chooses. The selection stays in the database.',
    inputs: {
      label: { help: 'What the batch order is called.' },
      cardType: { help: 'Id of the card type that all are to get.' },
      department: { help: 'Only active card holders of this department.' },
      words: { help: 'Only active card holders whom these words find.' },
      holderNames: { help: 'Employee numbers, UPNs or e-mail addresses, one a line.' },
      refusal: { help: 'Why the batch order came back, for the sentence above the form.' },
    },
  },
  'register-requests': {
    does: 'Makes all requests of a batch and their cards, in the state that you choose here. Everything is checked again.',
    inputs: {
      batchId: { help: 'Id of the batch order.' },
      requestedState: {
        help: 'Whether the requests wait for an approval, or are approved at once.',
        begins: 'requested',
      },
    },
  },
  'record-decisions': {
    does: 'Records who decided what about the requests of a batch, moves them and their cards, and notifies the requester by mail. Who decided and what their form said is read from the engine’s own records.',
    inputs: {
      batchId: { help: 'Id of the batch order.' },
      approvalTask: { help: 'Id of the user task whose completion is the decision.', begins: 'decide-requests' },
    },
    variations: [
      {
        id: 'record-time-limit-of-batch',
        name: 'Reject the batch for time',
        does: 'Rejects the requests of a batch that nobody decided in time. Put it behind the message approval-time-limit-reached.',
        fixed: {},
        without: ['approvalTask'],
      },
    ],
  },
};

/** A start event or user task with a form that people fill in, and the check that the server makes of it. */
export interface FormHelp {
  readonly id: string;
  readonly name: string;
  readonly does: string;
  readonly element: 'bpmn:UserTask' | 'bpmn:StartEvent';
  readonly form: string;
  /** Attributes of the element that say whose it is. */
  readonly people: Readonly<Record<string, string>>;
}

const starter = '${starter}';

/** What designers read about the checks of the contract. A check without a place for it does not compile. */
export const forms: Readonly<Record<CheckName, FormHelp>> = {
  'holder-search': {
    id: 'start-with-holder-search',
    name: 'Card wanted',
    does: 'Starts a process in Tasklist by asking whom the card is for.',
    element: 'bpmn:StartEvent',
    form: 'find-holder',
    people: { 'camunda:initiator': 'starter' },
  },
  'request-card': {
    id: 'choose-card',
    name: 'Choose holder and card type',
    does: 'Shows the card holders found and lets the person who started the process choose one and a card type, search again or cancel.',
    element: 'bpmn:UserTask',
    form: 'choose-card',
    people: { 'camunda:assignee': starter },
  },
  'decide-request': {
    id: 'decide-request',
    name: 'Decide on card request',
    does: 'Asks the approvers. Neither the requester nor the card holder may decide. Draw "Record the decision" behind it.',
    element: 'bpmn:UserTask',
    form: 'decide-request',
    people: { 'camunda:candidateGroups': groups.approver },
  },
  'abort-request': {
    id: 'choose-own-request',
    name: 'Choose the request to abort',
    does: 'Shows the requests of the person who started the process that still wait, and lets them choose one, or none.',
    element: 'bpmn:UserTask',
    form: 'abort-request',
    people: { 'camunda:assignee': starter },
  },
  'issuable-search': {
    id: 'start-with-issuable-search',
    name: 'Card to issue',
    does: 'Starts a process in Tasklist by asking which card is to be issued.',
    element: 'bpmn:StartEvent',
    form: 'find-issuable',
    people: { 'camunda:initiator': 'starter' },
  },
  'issue-card': {
    id: 'choose-issuable',
    name: 'Look at the card and issue it',
    does: 'Shows what was found, with previews and what has changed since the approval, and lets the person who started the process issue it, search again or cancel.',
    element: 'bpmn:UserTask',
    form: 'choose-issuable',
    people: { 'camunda:assignee': starter },
  },
  'production-decision': {
    id: 'decide-on-failure',
    name: 'Production failed: what next?',
    does: 'Asks the production operators whether a card that failed is ordered again or cancelled.',
    element: 'bpmn:UserTask',
    form: 'production-failed',
    people: { 'camunda:candidateGroups': groups.producer },
  },
  'batch-filter': {
    id: 'start-with-batch-filter',
    name: 'Cards to issue together',
    does: 'Starts a process in Tasklist by asking which approved cards are to be issued together.',
    element: 'bpmn:StartEvent',
    form: 'find-batch',
    people: { 'camunda:initiator': 'starter' },
  },
  'order-batch': {
    id: 'choose-batch',
    name: 'Look at the cards and order them',
    does: 'Shows how many cards were chosen and the first of them, and lets the person who started the process order all but exceptions, choose again or cancel.',
    element: 'bpmn:UserTask',
    form: 'choose-batch',
    people: { 'camunda:assignee': starter },
  },
  'review-batch': {
    id: 'review-batch',
    name: 'Some cards have failed: what next?',
    does: 'Shows how a round has ended and asks the production operators whether failed cards are repeated, left or withdrawn.',
    element: 'bpmn:UserTask',
    form: 'review-batch',
    people: { 'camunda:candidateGroups': groups.producer },
  },
  'holders-filter': {
    id: 'start-with-holders-filter',
    name: 'Cards wanted',
    does: 'Starts a process in Tasklist by asking whom the cards are for, and which card type.',
    element: 'bpmn:StartEvent',
    form: 'find-holders',
    people: { 'camunda:initiator': 'starter' },
  },
  'request-batch': {
    id: 'choose-holders',
    name: 'Look at the card holders and request their cards',
    does: 'Shows who is chosen and who cannot get a card, and lets the person who started the process request the cards, choose again or cancel.',
    element: 'bpmn:UserTask',
    form: 'choose-holders',
    people: { 'camunda:assignee': starter },
  },
  'decide-requests': {
    id: 'decide-requests',
    name: 'Decide on a batch of card requests',
    does: 'Asks the approvers about all requests of a batch at once, with exceptions. Neither the requester nor a card holder may decide. Draw "Record the decisions" behind it.',
    element: 'bpmn:UserTask',
    form: 'decide-requests',
    people: { 'camunda:candidateGroups': groups.approver },
  },
};

/** A place where a process waits for a message of ours. */
export interface WaitHelp {
  readonly id: string;
  readonly name: string;
  readonly does: string;
  readonly message: string;
}

export const waits: readonly WaitHelp[] = [
  {
    id: 'wait-for-production',
    name: 'Wait for production',
    does: 'Waits until the card is produced, has failed or was cancelled; the variable productionState says which.',
    message: messages.productionEnded,
  },
  {
    id: 'wait-for-round',
    name: 'Wait for the end of the round',
    does: 'Waits until no card of the batch order is under way any more; the variable batchState says whether some have failed.',
    message: messages.batchRoundEnded,
  },
];
