import { findDifferences } from '../../src/engine/diagram-reading.js';
import { EngineClient } from '../../src/engine/client.js';
import { parseDefinitions } from '../../src/process/diagram.js';
import { judgedReading } from '../../src/process/reading/judged-reading.js';
import { callEngine, lentEngine, type EngineConnection } from '../support/engine.js';

/**
 * Texts that the engine reads only when a token comes to them: the gate's word on each beside what happens when the diagram is
 * deployed past it and run.
 */

let connection: EngineConnection;
let engine: EngineClient;
beforeAll(async () => {
  connection = await lentEngine();
  engine = new EngineClient(new URL(connection.engineUrl).origin, connection.door);
}, 180_000);
afterAll(() => engine?.close());

const key = 'literal-texts';
const bpmn = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const camunda = 'http://camunda.org/schema/1.0/bpmn';

function diagram(step: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="${bpmn}" xmlns:camunda="${camunda}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test">
  <process id="${key}" name="Texts" isExecutable="true" camunda:historyTimeToLive="P1D"><startEvent id="begin" />${step}
    <sequenceFlow id="in" sourceRef="begin" targetRef="step" /></process>
</definitions>`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const timer = (kind: string) => (text: string) =>
  diagram(
    `<intermediateCatchEvent id="step" name="Wait"><timerEventDefinition><${kind} xsi:type="tFormalExpression">${escaped(text)}</${kind}></timerEventDefinition></intermediateCatchEvent>`,
  );
const boundary = (text: string) =>
  diagram(
    `<userTask id="step" name="Work" /><boundaryEvent id="late" attachedToRef="step" cancelActivity="false"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">${escaped(text)}</timeCycle></timerEventDefinition></boundaryEvent>`,
  );
const task = (attribute: string) => (text: string) =>
  diagram(`<userTask id="step" name="Work" camunda:${attribute}="${escaped(text)}" />`);
const loop = (text: string) =>
  diagram(
    `<userTask id="step" name="Work"><multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">${escaped(text)}</loopCardinality></multiInstanceLoopCharacteristics></userTask>`,
  );

const kinds: Readonly<Record<string, { draw: (text: string) => string; texts: readonly string[] }>> = {
  duration: {
    draw: timer('timeDuration'),
    texts: [
      ...['P14D', 'PT1H', 'P1Y2M3DT4H5M6S', 'PT0S', 'P2W', 'P0D', 'PT1.5S', '-PT1H', 'PT36H', 'P1M', 'PT90M'],
      ...[
        'P1W2D',
        'P1WT1H',
        '14D',
        'P',
        'PT',
        'P1DT',
        'P1.5D',
        '1 day',
        'PT1H30',
        'p14d',
        'P14D ',
        'P-1D',
        '2 weeks',
        'P1D1Y',
      ],
      ...['P99999999999D', 'PT1H/PT2H', '0'],
    ],
  },
  date: {
    draw: timer('timeDate'),
    texts: [
      ...['2030-01-31T08:00:00Z', '2030-01-31T08:00:00', '2030-01-31', '2030-01-31T08:00', '2030-12-31T23:59:59+14:00'],
      ...['2001-01-01T00:00:00Z', '2028-02-29', '2030-W05-4', '2030-031', '2030-01-31T24:00:00'],
      ...[
        '2030-02-31T08:00:00Z',
        '2030-02-29',
        '2030-01-31T25:00:00',
        '2030-13-01',
        '31.01.2030',
        'tomorrow',
        '2030-1-1',
      ],
      ...['2030-01-31 08:00', '2030-04-31', '2030-01-31T08:61:00', '20300131', '2030-01-31T08:00:00 Z', '2030-01-32'],
    ],
  },
  'cycle at a task': {
    draw: boundary,
    texts: [
      ...['R3/PT1H', 'R/PT1H', 'R1/P1D', '0 0 8 * * ?', '0 0/5 * * * ?', '0 0 8 ? * MON-FRI', '0 0 8 * * ? 2040'],
      ...['R3/2040-01-01T00:00:00/PT1H', 'R0/PT1H'],
      ...[
        'R3/PT1H/PT2H',
        'R3/2001-01-01T00:00:00/PT1H',
        'R3',
        'RR/PT1H',
        '0 0 8 * *',
        '0 0 25 * * ?',
        '0 0 8 * * 9',
        'R-1/PT1H',
      ],
      ...['0 0 8 * * *', '0 0 8 31 2 ?', 'every day', 'PT1H', '0 0 8 * * ? 2001', '@daily', 'R3/P1W2D', '61 0 8 * * ?'],
    ],
  },
  'due date': {
    draw: task('dueDate'),
    texts: [
      '2030-01-31T08:00:00',
      '2030-01-31',
      'P3D',
      'PT1H',
      '2030-02-31',
      'P1W2D',
      'next week',
      '2030-01-31T25:00:00',
      'P3',
    ],
  },
  'follow-up date': {
    draw: task('followUpDate'),
    texts: ['2030-01-31T08:00:00', 'P3D', '2030-02-30', 'soon', '31/01/2030'],
  },
  priority: {
    draw: task('priority'),
    texts: ['50', '0', '-1', '2147483647', '2147483648', 'high', '1.5', '5 0', '+7'],
  },
  'loop cardinality': {
    draw: loop,
    texts: ['3', '1', '0', '-1', 'three', '2.0', '99999999999'],
  },
};

const table = Object.entries(kinds).flatMap(([kind, { draw, texts }]) =>
  texts.map((text) => [kind, text, draw(text)] as const),
);

/** Whether the engine takes a diagram to its step. */
async function runs(xml: string): Promise<boolean> {
  const body = new FormData();
  body.set('deployment-name', key);
  body.set('literal-texts.bpmn', new File([xml], 'literal-texts.bpmn'));
  const deployed = await callEngine(connection, 'POST', '/deployment/create', body);
  if (deployed.status !== 200) return false;
  const { id } = deployed.body as { id: string };
  try {
    const started = await callEngine(connection, 'POST', `/process-definition/key/${key}/start`, {});
    return started.status === 200;
  } finally {
    await callEngine(connection, 'DELETE', `/deployment/${id}?cascade=true`);
  }
}

test('there are at least 80 texts', () => {
  expect(table.length).toBeGreaterThanOrEqual(80);
});

test.each(table)('%s "%s": the gate and the engine agree', async (_kind, _text, xml) => {
  const findings = await findDifferences(engine, 'card-server', xml, judgedReading(await parseDefinitions(xml)));
  const judged = findings.map(({ rule, message }) => `${rule}: ${message}`);
  expect({ taken: judged.length === 0, judged }).toEqual({ taken: await runs(xml), judged });
});
