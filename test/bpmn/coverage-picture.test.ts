import sharp from 'sharp';
import { parseDefinitions } from '../../src/process/diagram.js';
import { flowNodes, sequenceFlows, executableProcesses, idOf } from '../../src/process/model-checks/elements.js';
import { coveragePicture } from './coverage-picture.js';
import { shipped } from './model-cases/model-case.js';

const diagrams = shipped.filter(({ name }) => name.endsWith('.bpmn'));

test.each(diagrams)(
  '$name is painted with every node and flow, in a picture that can be shown',
  async ({ name, content }) => {
    const definitions = await parseDefinitions(content);
    const nodes = flowNodes(definitions).map(idOf);
    const flows = executableProcesses(definitions).flatMap(sequenceFlows).map(idOf);
    const [first = ''] = nodes;
    const svg = await coveragePicture(content, {
      processKey: name.replace('.bpmn', ''),
      nodes: { all: nodes.length, missed: [first] },
      flows: { all: flows.length, missed: [] },
    });
    for (const id of [...nodes, ...flows])
      expect(svg).toContain(`<title>${id}: ${id === first ? 'missed' : 'walked'}</title>`);
    expect(svg).toContain(
      `${nodes.length - 1} of ${nodes.length} flow nodes, ${flows.length} of ${flows.length} sequence flows`,
    );
    const { width = 0, height = 0 } = await sharp(Buffer.from(svg)).metadata();
    expect(Math.min(width, height)).toBeGreaterThan(100);
  },
);

test('a name is a text, also where it looks like markup', async () => {
  const [{ content } = { content: '' }] = diagrams;
  const renamed = content.replace(/name="[^"]*"/g, 'name="&lt;script&gt;&amp;"');
  const svg = await coveragePicture(renamed, {
    processKey: 'x',
    nodes: { all: 1, missed: [] },
    flows: { all: 0, missed: [] },
  });
  expect(svg).not.toContain('<script');
  await sharp(Buffer.from(svg)).png().toBuffer();
});
