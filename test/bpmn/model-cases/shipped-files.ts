/** Names of shipped diagrams that cases change. */
export const entry = 'request-card.bpmn';
export const withApproval = 'request-card-with-approval.bpmn';
export const withoutApproval = 'request-card-without-approval.bpmn';
export const abort = 'abort-card-request.bpmn';
