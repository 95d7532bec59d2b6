/**
 * CPU of a call, stock transport and ours by turns, against the server in argv[2]; prints the median of ours ÷ stock.
 * In a plain process: inside Jest every access to a global costs extra, which is not what is compared.
 */
import { Client } from 'camunda-external-task-client-js';
import { TaskProtocol } from '../../../workers/runtime/task-protocol.js';
import { EngineTransport } from '../../../workers/runtime/transport.js';

const engineUrl = process.argv[2] ?? '';
const callsEach = 200;
const transport = new EngineTransport({ engineUrl, maxSockets: 2, pollSockets: 1, connectMs: 1_000 });
const stock = new Client({ baseUrl: engineUrl, workerId: 'stock', autoPoll: false });
const ours = new TaskProtocol({ engineUrl, workerId: 'ours', transport, callMs: 5_000, longPollMs: 1_000 });

async function cpuOf(call: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let calls = 0; calls < callsEach; calls += 1) await call();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const ratios: number[] = [];
for (let round = 0; round < 9; round += 1) {
  const stockCpu = await cpuOf(() => stock.taskService.complete('task'));
  ratios.push((await cpuOf(() => ours.complete('task', {}))) / stockCpu);
}
ratios.sort((a, b) => a - b);
process.stdout.write(String(ratios[4]));
await transport.close();
