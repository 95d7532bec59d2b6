/** Answers that get lost on the way: the engine is asked, and nothing is repeated blindly. */
import type { EngineConnection } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { businessError, done } from '../../workers/runtime/index.js';
import { FaultProxy, type Fate } from './fault-proxy.js';
import { deploy, start, unique } from '../../bench/lib/engine-work.js';
import {
  engineForWorkers,
  historicVariables,
  isEnded,
  openTasks,
  plainTopic,
  startWorker,
  stopWorkers,
  untilEnded,
} from './support.js';

let engine: EngineConnection;
let proxy: FaultProxy;
let topic: string;

beforeAll(async () => {
  engine = await engineForWorkers();
});

beforeEach(async () => {
  topic = unique('work');
  proxy = await new FaultProxy(engine.engineUrl).open();
});

afterEach(async () => {
  await stopWorkers();
  await proxy.close();
});

/** Gives the first requests of a kind these fates, one each. */
function onceEach(call: string, ...fates: Fate[]): void {
  proxy.fate = (request) => (request.call === call ? (fates.shift() ?? 'pass') : 'pass');
}

test('the engine took the result, its answer was lost: 404 after our own effect is done', async () => {
  onceEach('complete', 'lose-answer');
  let starts = 0;
  const worker = startWorker({ ...engine, engineUrl: proxy.url }, topic, plainTopic, () => {
    starts += 1;
    return Promise.resolve(done({}));
  });
  await untilEnded(engine, await start(engine, await deploy(engine, topic)));
  await eventually('the run counts as completed', 5_000, async () =>
    (await worker.registry.metrics()).includes(`worker_results_total{topic="${topic}",result="completed"} 1`),
  );
  expect(starts).toBe(1);
  expect(proxy.seen('complete')).toHaveLength(1);
});

test('the first try was still under way when the engine was asked: 404 for the second one is done, too', async () => {
  onceEach('complete', 'lose-answer');
  let questions = 0;
  const { fate } = proxy;
  proxy.fate = (request) => {
    const stillThere = { status: 200, body: { workerId: worker.id } };
    return request.method === 'GET' && (questions += 1) === 1 ? stillThere : fate(request);
  };
  const worker = startWorker({ ...engine, engineUrl: proxy.url }, topic, plainTopic, () => Promise.resolve(done({})));
  await untilEnded(engine, await start(engine, await deploy(engine, topic)));
  await eventually('the run counts as completed', 5_000, async () =>
    (await worker.registry.metrics()).includes(`worker_results_total{topic="${topic}",result="completed"} 1`),
  );
  expect(proxy.seen('complete')).toHaveLength(2);
});

test('the result did not arrive: the engine is asked, and the same result is sent again', async () => {
  onceEach('complete', 'lose-request', 'lose-request');
  let starts = 0;
  startWorker({ ...engine, engineUrl: proxy.url }, topic, { ...plainTopic, outputs: { n: 'Integer' } } as const, () => {
    starts += 1;
    return Promise.resolve(done({ n: starts }));
  });
  const instance = await start(engine, await deploy(engine, topic));
  await untilEnded(engine, instance);
  expect(await historicVariables(engine, instance)).toMatchObject({ n: { value: 1 } });
  const questions = proxy.requests.filter(({ method }) => method === 'GET');
  expect([starts, proxy.seen('complete').length, questions.length]).toEqual([1, 3, 2]);
});

test('a business error whose answer was lost is not raised twice', async () => {
  onceEach('bpmnError', 'lose-answer');
  const contract = { ...plainTopic, errors: ['refused'] } as const;
  startWorker({ ...engine, engineUrl: proxy.url }, topic, contract, () =>
    Promise.resolve(businessError('refused', 'no')),
  );
  await untilEnded(engine, await start(engine, await deploy(engine, topic, { catches: 'refused' })));
  await stopWorkers();
  expect(proxy.seen('bpmnError')).toHaveLength(1);
});

test('a failure whose answer was lost costs one attempt, not two', async () => {
  onceEach('failure', 'lose-answer');
  const contract = { ...plainTopic, retry: { attempts: 3, firstDelayMs: 60_000, maxDelayMs: 60_000 } };
  startWorker({ ...engine, engineUrl: proxy.url }, topic, contract, () => Promise.reject(new Error('no')));
  const instance = await start(engine, await deploy(engine, topic));
  await eventually('the failure was sent again', 5_000, () => proxy.seen('failure').length === 2);
  await stopWorkers();
  expect(await openTasks(engine, instance)).toMatchObject([{ retries: 2 }]);
});

test('a fetch whose answer was lost: the tasks come back when their locks have run out', async () => {
  const instance = await start(engine, await deploy(engine, topic));
  onceEach('fetchAndLock', 'lose-answer');
  startWorker({ ...engine, engineUrl: proxy.url }, topic, { ...plainTopic, lockMs: 1_000 }, () =>
    Promise.resolve(done({})),
  );
  await untilEnded(engine, instance);
});

test('an engine that stays away until the lock has run out: the result is dropped, and the task is done again', async () => {
  let starts = 0;
  const contract = { ...plainTopic, lockMs: 1_000 };
  proxy.fate = ({ call, method }) =>
    starts === 1 && (call === 'complete' || method === 'GET') ? 'lose-request' : 'pass';
  startWorker({ ...engine, engineUrl: proxy.url }, topic, contract, () => {
    starts += 1;
    return Promise.resolve(done({}));
  });
  const instance = await start(engine, await deploy(engine, topic));
  await eventually('it is started again', 10_000, () => starts === 2);
  await untilEnded(engine, instance);
  expect(await isEnded(engine, instance)).toBe(true);
});
