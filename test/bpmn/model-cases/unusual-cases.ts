import { readModelFiles } from '../../../src/process/model-checks/index.js';
import { begin, decide, end, record, register, subprocess, talk, variant, way, withVariant } from './drawing.js';
import { bare, chain, flow, sample, shipped, task, work, type ModelCase } from './model-case.js';

/** Diagrams exactly as Camunda Modeler saves them. */
const saved = await readModelFiles('test/bpmn/model-cases/modeler');
/** What the guide for designers makes of copies. */
const examples = await readModelFiles('docs/examples');
const approval = decide() + record();
const plain = variant(
  [begin, register(), approval, end(), way('begin', 'register', 'decide', 'record', 'end')].join(''),
);

/** The same diagram in another spelling. */
const respelt = (change: (content: string) => string) => [...bare, { ...plain, content: change(plain.content) }];

/** So many that each pass over the diagram brings what is known one step further only. */
const gateways = Array.from(
  { length: 2_000 },
  (_, n) => [`gateway-${2_000 - n}`, `<exclusiveGateway id="gateway-${2_000 - n}" />`] as const,
);

/** With every element of BPMN's own namespace under a prefix. */
const prefixed = (prefix: string) => (content: string) =>
  content
    .replace('xmlns=', `xmlns:${prefix}=`)
    .replace(/<(\/?)([a-z][A-Za-z]*)(?=[\s/>])/g, `<$1${prefix}:$2`)
    .replaceAll('"tFormalExpression"', `"${prefix}:tFormalExpression"`);

const layout = (inner: string) =>
  `<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0">${inner}</bpmndi:BPMNDiagram>`;
const withLayout = (inner: string) => (content: string) =>
  content.replace('</definitions>', `${layout(inner)}</definitions>`);

export const unusualCases: readonly ModelCase[] = [
  { what: 'what we ship, layout and all', files: shipped, findings: [] },
  { what: 'the example of the guide among what we ship', files: [...shipped, ...examples], findings: [] },
  ...saved.map((file) => ({
    what: `${file.name}, saved by Camunda Modeler with pools, lanes, groups, data and notes`,
    files: [...shipped, file],
    findings: [],
  })),
  { what: 'another prefix, as older tools write', files: respelt(prefixed('bpmn2')), findings: [] },
  { what: 'a prefix of a single letter', files: respelt(prefixed('s')), findings: [] },
  {
    what: 'comments and processing instructions',
    files: respelt(
      (content) =>
        `<?xml version="1.0" encoding="utf-8"?>\n<!-- drawn by hand -->\n${content.replace('<startEvent', '<!-- <scriptTask> --><startEvent')}`,
    ),
    findings: [],
  },
  {
    what: 'Windows line ends and tabs',
    files: respelt((content) => content.replace(/\n\s*/g, '\r\n\t')),
    findings: [],
  },
  {
    what: 'a name with every kind of character',
    files: respelt((content) =>
      content.replace('name="Begins"', 'name="Début &#8211; Żółw &amp; 山 🪪 &lt;ok&gt; &quot;x&quot;"'),
    ),
    findings: [],
  },
  {
    what: 'a condition in CDATA',
    files: respelt((content) =>
      content
        .replace(
          '</process>',
          `<exclusiveGateway id="open" default="open-to-x" />${flow('open', 'x')}<endEvent id="x" /></process>`,
        )
        .replace(
          flow('record', 'end'),
          `${flow('record', 'open')}<sequenceFlow id="y" sourceRef="open" targetRef="end"><conditionExpression xsi:type="tFormalExpression"><![CDATA[\${outcome == 'approved' && 1 < 2}]]></conditionExpression></sequenceFlow>`,
        ),
    ),
    findings: [],
  },
  {
    what: 'coloured shapes',
    files: respelt(
      withLayout(
        '<bpmndi:BPMNPlane bpmnElement="request-card-by-the-desk"><bpmndi:BPMNShape bpmnElement="begin" bioc:stroke="#0d4372" bioc:fill="#bbdefb" color:background-color="#bbdefb" color:border-color="#0d4372"><dc:Bounds x="1" y="1" width="36" height="36" /></bpmndi:BPMNShape></bpmndi:BPMNPlane>',
      ),
    ),
    findings: [],
  },
  {
    what: 'a collapsed subprocess with a plane of its own',
    files: [
      ...bare,
      {
        ...variant(
          [
            begin,
            register(),
            subprocess(
              'approval',
              `<startEvent id="in" />${approval}<endEvent id="out" />${way('in', 'decide', 'record', 'out')}`,
            ),
            end(),
            way('begin', 'register', 'approval', 'end'),
          ].join(''),
        ),
        content: withLayout(
          '<bpmndi:BPMNPlane bpmnElement="approval"><bpmndi:BPMNShape bpmnElement="in"><dc:Bounds x="1" y="1" width="36" height="36" /></bpmndi:BPMNShape></bpmndi:BPMNPlane>',
        )(
          variant(
            [
              begin,
              register(),
              subprocess(
                'approval',
                `<startEvent id="in" />${approval}<endEvent id="out" />${way('in', 'decide', 'record', 'out')}`,
              ),
              end(),
              way('begin', 'register', 'approval', 'end'),
            ].join(''),
          ).content,
        ),
      },
    ],
    findings: [],
  },
  {
    what: 'a second pool that is only drawn, without a process',
    files: respelt((content) =>
      content.replace(
        '<process',
        '<collaboration id="c"><participant id="us" processRef="request-card-by-the-desk" /><participant id="them" name="The holder" /><messageFlow id="m" sourceRef="register" targetRef="them" /></collaboration><process',
      ),
    ),
    findings: [],
  },
  {
    what: 'a second pool that is only drawn, but with a process of its own',
    files: respelt((content) =>
      content
        .replace(
          '<process',
          '<collaboration id="c"><participant id="us" processRef="request-card-by-the-desk" /><participant id="them" processRef="the-holder" /><messageFlow id="m" sourceRef="register" targetRef="waits" /></collaboration><process',
        )
        .replace(
          '</process>',
          '</process><process id="the-holder" isExecutable="false"><manualTask id="waits" /></process>',
        ),
    ),
    findings: ['request-card-by-the-desk.bpmn: sample-definitions: one-process'],
  },
  {
    what: 'lanes in lanes',
    files: respelt((content) =>
      content.replace(
        '<startEvent',
        '<laneSet id="l"><lane id="a"><flowNodeRef>begin</flowNodeRef><childLaneSet id="k"><lane id="b"><flowNodeRef>register</flowNodeRef></lane></childLaneSet></lane></laneSet><startEvent',
      ),
    ),
    findings: [],
  },
  {
    what: 'notes, groups and data',
    files: respelt((content) =>
      content
        .replace(
          '</process>',
          '<dataObject id="d" /><dataObjectReference id="r" dataObjectRef="d" /><textAnnotation id="t"><text>&lt;b&gt;Look&lt;/b&gt; ${not closed</text></textAnnotation><association id="n" sourceRef="begin" targetRef="t" /><group id="g" /></process>',
        )
        .replace('${not closed', 'here'),
    ),
    findings: [],
  },
  {
    what: 'manual tasks, undefined tasks and events of no kind',
    files: withVariant(
      begin,
      '<task id="think" />',
      '<manualTask id="fetch" />',
      '<intermediateThrowEvent id="fetched" name="Fetched" />',
      register('approved'),
      end(),
      way('begin', 'think', 'fetch', 'fetched', 'register', 'end'),
    ),
    findings: [],
  },
  {
    what: 'a signal, thrown here and caught there',
    files: [
      sample(
        `<startEvent id="begin" /><parallelGateway id="fork" />${talk('look')}<intermediateThrowEvent id="tell"><signalEventDefinition signalRef="s" /></intermediateThrowEvent>${end()}${end('told')}
      <boundaryEvent id="heard" attachedToRef="look"><signalEventDefinition signalRef="s" /></boundaryEvent>${way('begin', 'fork', 'look', 'end')}${way('fork', 'tell', 'told')}${way('heard', 'end')}`,
        { roots: '<signal id="s" name="told" />' },
      ),
    ],
    findings: [],
  },
  {
    what: 'an escalation out of a subprocess',
    files: [
      sample(
        `<startEvent id="begin" />${subprocess('inner', `<startEvent id="in" />${talk('look')}<endEvent id="out"><escalationEventDefinition escalationRef="e" /></endEvent>${way('in', 'look', 'out')}`)}
      <boundaryEvent id="raised" attachedToRef="inner" cancelActivity="false"><escalationEventDefinition escalationRef="e" /></boundaryEvent>${end()}${way('begin', 'inner', 'end')}${way('raised', 'end')}`,
        { roots: '<escalation id="e" escalationCode="e" />' },
      ),
    ],
    findings: [],
  },
  {
    what: 'an end for everything at once',
    files: withVariant(
      begin,
      register('approved'),
      '<parallelGateway id="fork" />',
      talk('look'),
      talk('listen'),
      '<endEvent id="all"><terminateEventDefinition /></endEvent>',
      end(),
      way('begin', 'register', 'fork', 'look', 'all'),
      way('fork', 'listen', 'end'),
    ),
    findings: [],
  },
  {
    what: 'a loop that asks until it is content',
    files: [
      sample(
        `<startEvent id="begin" camunda:initiator="starter" />${task('ask')[1]}<exclusiveGateway id="content" default="content-to-end" />${end()}${way('begin', 'ask', 'content', 'end')}${flow('content', 'ask', "${starter == 'x'}")}`,
      ),
    ],
    findings: [],
  },
  {
    what: 'a task of one person, with priority, dates and a form of no check',
    files: [
      sample(
        chain([
          'look',
          '<userTask id="look" camunda:assignee="ada" camunda:priority="60" camunda:dueDate="2030-01-01T08:00:00" camunda:followUpDate="2029-12-24T08:00:00" camunda:formRef="find-holder" camunda:formRefBinding="deployment" />',
        ]),
      ),
      ...bare,
    ],
    findings: [],
  },
  {
    what: 'steps of their own before and after',
    files: [
      sample(
        chain(work('find', 'find-holder'), [
          'look',
          '<userTask id="look" camunda:candidateGroups="card-operators" camunda:asyncBefore="true" camunda:asyncAfter="true" camunda:exclusive="false" />',
        ]),
      ),
    ],
    findings: [],
  },
  {
    what: 'a process that starts by a timer',
    files: [
      sample(
        `<startEvent id="nightly"><timerEventDefinition><timeCycle>0 0 3 * * ?</timeCycle></timerEventDefinition></startEvent>${talk('look')}${end()}${way('nightly', 'look', 'end')}`,
      ),
    ],
    findings: [],
  },
  { what: 'two thousand gateways in a row, the last one first', files: [sample(chain(...gateways))], findings: [] },
];
