/**
 * What may stand in the XML of a diagram: namespaces, in each of them the elements, and of each the attributes. What the
 * engine or our rules do not know, or what only one of them knows, is not here. Camunda Modeler writes nothing else for a
 * diagram that the rules take.
 */
export const namespaces = {
  bpmn: 'http://www.omg.org/spec/BPMN/20100524/MODEL',
  bpmndi: 'http://www.omg.org/spec/BPMN/20100524/DI',
  dc: 'http://www.omg.org/spec/DD/20100524/DC',
  di: 'http://www.omg.org/spec/DD/20100524/DI',
  camunda: 'http://camunda.org/schema/1.0/bpmn',
  modeler: 'http://camunda.org/schema/modeler/1.0',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
  bioc: 'http://bpmn.io/schema/bpmn/biocolor/1.0',
  color: 'http://www.omg.org/spec/BPMN/non-normative/color/1.0',
} as const;

export type Prefix = keyof typeof namespaces;

interface AllowedElement {
  /** Names of attributes; with a prefix of `namespaces` where they are in one. */
  readonly attributes: ReadonlySet<string>;
  /** Whether it may hold text that is no white space. */
  readonly text: boolean;
}

function element(attributes: string, text = false): AllowedElement {
  return { attributes: new Set(attributes.split(' ').filter((name) => name !== '')), text };
}

const named = 'id name';
const template = 'camunda:modelerTemplate camunda:modelerTemplateVersion camunda:modelerTemplateIcon';
const jobs = 'camunda:asyncBefore camunda:asyncAfter camunda:exclusive camunda:jobPriority';
const node = `${named} ${template} ${jobs}`;
const activity = `${node} default isForCompensation startQuantity completionQuantity`;
const form = 'camunda:formRef camunda:formRefBinding camunda:formRefVersion';
const external = 'camunda:type camunda:topic camunda:taskPriority';
const expression = 'id xsi:type';
const colours = 'bioc:stroke bioc:fill color:background-color color:border-color color:color';
const handedOver = 'source sourceExpression target variables local';

/** By name with the prefix of `namespaces`. */
export const allowedElements: ReadonlyMap<string, AllowedElement> = new Map(
  Object.entries({
    'bpmn:definitions': element(
      `${named} targetNamespace exporter exporterVersion expressionLanguage typeLanguage ` +
        'modeler:executionPlatform modeler:executionPlatformVersion camunda:diagramRelationId',
    ),
    'bpmn:process': element(
      `${named} ${template} isExecutable isClosed processType camunda:historyTimeToLive camunda:versionTag ` +
        'camunda:isStartableInTasklist camunda:candidateStarterGroups camunda:candidateStarterUsers ' +
        'camunda:jobPriority camunda:taskPriority camunda:diagramRelationId',
    ),
    'bpmn:documentation': element('id textFormat', true),
    'bpmn:extensionElements': element(''),
    'bpmn:startEvent': element(`${node} ${form} isInterrupting parallelMultiple camunda:initiator`),
    'bpmn:endEvent': element(node),
    'bpmn:intermediateCatchEvent': element(`${node} parallelMultiple`),
    'bpmn:intermediateThrowEvent': element(node),
    'bpmn:boundaryEvent': element(`${node} attachedToRef cancelActivity parallelMultiple`),
    'bpmn:messageEventDefinition': element(`id messageRef ${external}`),
    'bpmn:signalEventDefinition': element('id signalRef'),
    'bpmn:errorEventDefinition': element('id errorRef camunda:errorCodeVariable camunda:errorMessageVariable'),
    'bpmn:escalationEventDefinition': element('id escalationRef camunda:escalationCodeVariable'),
    'bpmn:compensateEventDefinition': element('id activityRef waitForCompletion'),
    'bpmn:conditionalEventDefinition': element('id camunda:variableName camunda:variableEvents'),
    'bpmn:linkEventDefinition': element(named),
    'bpmn:timerEventDefinition': element('id'),
    'bpmn:terminateEventDefinition': element('id'),
    'bpmn:cancelEventDefinition': element('id'),
    'bpmn:timeDate': element(expression, true),
    'bpmn:timeCycle': element(expression, true),
    'bpmn:timeDuration': element(expression, true),
    'bpmn:condition': element(expression, true),
    'bpmn:task': element(activity),
    'bpmn:manualTask': element(activity),
    'bpmn:userTask': element(
      `${activity} ${form} camunda:assignee camunda:candidateGroups camunda:candidateUsers camunda:dueDate ` +
        'camunda:followUpDate camunda:priority',
    ),
    'bpmn:serviceTask': element(`${activity} ${external}`),
    'bpmn:sendTask': element(`${activity} ${external}`),
    'bpmn:businessRuleTask': element(`${activity} ${external}`),
    'bpmn:receiveTask': element(`${activity} messageRef`),
    'bpmn:callActivity': element(
      `${activity} calledElement camunda:calledElementBinding camunda:calledElementVersion camunda:calledElementVersionTag`,
    ),
    'bpmn:subProcess': element(`${activity} triggeredByEvent`),
    'bpmn:transaction': element(activity),
    'bpmn:multiInstanceLoopCharacteristics': element(
      `id isSequential camunda:collection camunda:elementVariable ${jobs}`,
    ),
    'bpmn:loopCardinality': element(expression, true),
    'bpmn:completionCondition': element(expression, true),
    'bpmn:exclusiveGateway': element(`${node} default gatewayDirection`),
    'bpmn:inclusiveGateway': element(`${node} default gatewayDirection`),
    'bpmn:parallelGateway': element(`${node} gatewayDirection`),
    'bpmn:eventBasedGateway': element(`${node} gatewayDirection eventGatewayType`),
    'bpmn:sequenceFlow': element(`${named} ${template} sourceRef targetRef`),
    'bpmn:conditionExpression': element(expression, true),
    'bpmn:incoming': element('', true),
    'bpmn:outgoing': element('', true),
    'bpmn:laneSet': element(named),
    'bpmn:childLaneSet': element(named),
    'bpmn:lane': element(named),
    'bpmn:flowNodeRef': element('', true),
    'bpmn:collaboration': element(`${named} isClosed`),
    'bpmn:participant': element(`${named} ${template} processRef`),
    'bpmn:messageFlow': element(`${named} sourceRef targetRef messageRef`),
    'bpmn:association': element('id sourceRef targetRef associationDirection'),
    'bpmn:textAnnotation': element('id textFormat'),
    'bpmn:text': element('', true),
    'bpmn:group': element('id categoryValueRef'),
    'bpmn:category': element(named),
    'bpmn:categoryValue': element('id value'),
    'bpmn:dataObject': element(`${named} isCollection`),
    'bpmn:dataObjectReference': element(`${named} dataObjectRef`),
    'bpmn:dataStore': element(`${named} isUnlimited`),
    'bpmn:dataStoreReference': element(`${named} dataStoreRef`),
    'bpmn:dataInputAssociation': element('id'),
    'bpmn:dataOutputAssociation': element('id'),
    'bpmn:sourceRef': element('', true),
    'bpmn:targetRef': element('', true),
    'bpmn:property': element(named),
    'bpmn:message': element(named),
    'bpmn:signal': element(named),
    'bpmn:error': element(`${named} errorCode`),
    'bpmn:escalation': element(`${named} escalationCode`),
    'camunda:properties': element(''),
    'camunda:property': element('id name value'),
    'camunda:inputOutput': element(''),
    'camunda:inputParameter': element('name', true),
    'camunda:outputParameter': element('name', true),
    'camunda:in': element(`businessKey ${handedOver}`),
    'camunda:out': element(handedOver),
    'camunda:failedJobRetryTimeCycle': element('', true),
    'bpmndi:BPMNDiagram': element('id name documentation resolution'),
    'bpmndi:BPMNPlane': element('id bpmnElement'),
    'bpmndi:BPMNShape': element(`id bpmnElement isHorizontal isExpanded isMarkerVisible isMessageVisible ${colours}`),
    'bpmndi:BPMNEdge': element(`id bpmnElement sourceElement targetElement messageVisibleKind ${colours}`),
    'bpmndi:BPMNLabel': element(`id labelStyle ${colours}`),
    'bpmndi:BPMNLabelStyle': element('id'),
    'dc:Bounds': element('x y width height'),
    'dc:Font': element('name size isBold isItalic isUnderline isStrikeThrough'),
    'di:waypoint': element('x y'),
  }),
);

/** Attributes for which the schema knows other spellings than `true` and `false`. */
const booleans =
  'isExecutable isClosed isInterrupting parallelMultiple cancelActivity waitForCompletion isForCompensation ' +
  'triggeredByEvent isSequential isCollection isUnlimited isHorizontal isExpanded isMarkerVisible isMessageVisible ' +
  'isBold isItalic isUnderline isStrikeThrough local camunda:asyncBefore camunda:asyncAfter camunda:exclusive ' +
  'camunda:isStartableInTasklist';
/** Names and references, around which the schema takes white space, and before which it takes prefixes. */
const references =
  'id sourceRef targetRef attachedToRef default messageRef signalRef errorRef escalationRef activityRef processRef ' +
  'categoryValueRef dataObjectRef dataStoreRef bpmnElement sourceElement targetElement labelStyle ' +
  'bpmn:incoming bpmn:outgoing bpmn:flowNodeRef bpmn:sourceRef bpmn:targetRef';
const numbers = 'startQuantity completionQuantity';

interface Spelling {
  readonly fits: RegExp;
  readonly cure: string;
}

function spelled(names: string, fits: RegExp, cure: string): [string, Spelling][] {
  return names.split(' ').map((name) => [name, { fits, cure }]);
}

/** How attributes, and texts of elements, have to be spelled where the schema knows more than one spelling. */
export const spellings: ReadonlyMap<string, Spelling> = new Map([
  ...spelled(booleans, /^(true|false)$/, 'true or false, without blanks'),
  ...spelled(references, /^[\p{L}_][\p{L}\p{N}\p{M}_.-]*$/u, 'the id alone, without blanks or a prefix'),
  ...spelled(numbers, /^(0|[1-9]\d{0,8})$/, 'a whole number in digits'),
  ...spelled('camunda:historyTimeToLive', /^(P\d{1,6}D|\d{1,6})$/, 'a number of days, for example P30D'),
  ...spelled(
    'camunda:failedJobRetryTimeCycle',
    /^R[1-9]\d?\/P(?=[\dT])(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/,
    'a number of attempts up to 99 and a pause, for example R3/PT10M',
  ),
  ...spelled('camunda:type', /^external$/, 'external'),
  ...spelled('camunda:jobPriority camunda:taskPriority', /^(-?[1-9]\d{0,8}|0|[$#]\{.*\})$/, 'a whole number in digits'),
]);
