/** Facts about the engine that the runtime is built on; each test is named after its number in the list of facts. */
import type { EngineConnection } from '../support/engine.js';
import { callEngine } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { businessError, done, type Handler, type TopicContract } from '../../workers/runtime/index.js';
import { FaultProxy, engineError } from './fault-proxy.js';
import { deploy, start, unique } from '../../bench/lib/engine-work.js';
import {
  engineForWorkers,
  finish,
  gate,
  historicVariables,
  incidentOf,
  isEnded,
  openTasks,
  plainTopic,
  startWorker,
  stopWorkers,
  untilEnded,
} from './support.js';

let engine: EngineConnection;
let topic: string;

beforeAll(async () => {
  engine = await engineForWorkers();
});

beforeEach(() => {
  topic = unique('work');
});

afterEach(stopWorkers);

/** Fetches by hand, as another worker would. */
async function fetchByHand(workerId: string, lockDuration: number): Promise<{ id: string }[]> {
  const request = { workerId, maxTasks: 10, topics: [{ topicName: topic, lockDuration }] };
  return (await callEngine(engine, 'POST', '/external-task/fetchAndLock', request)).body as { id: string }[];
}

const call = (id: string, name: string, body: object) =>
  callEngine(engine, 'POST', `/external-task/${id}/${name}`, body);

describe('fact 1: BPMN errors', () => {
  const contract = { ...plainTopic, errors: ['refused'], outputs: { why: 'String' } } as const;

  test('one that the diagram catches goes along its boundary event, with message and variables', async () => {
    startWorker(engine, topic, contract, () =>
      Promise.resolve(businessError('refused', 'The holder has left.', { why: 'left' })),
    );
    const instance = await start(engine, await deploy(engine, topic, { catches: 'refused' }));
    await untilEnded(engine, instance);
    expect(await historicVariables(engine, instance)).toMatchObject({
      caughtMessage: { value: 'The holder has left.' },
      why: { value: 'left' },
    });
  });

  test('one that it does not catch becomes an incident, and does not end the instance as if all were well', async () => {
    let starts = 0;
    startWorker(engine, topic, contract, () => {
      starts += 1;
      return Promise.resolve(businessError('refused', 'The holder has left.'));
    });
    const instance = await start(engine, await deploy(engine, topic));
    expect(await incidentOf(engine, instance)).toMatch(/^The process does not handle “refused”: /);
    expect(await isEnded(engine, instance)).toBe(false);
    expect(starts).toBe(1);
  });
});

describe('fact 3: retries', () => {
  test('a failure without retries is an incident at once, so the runtime always sends them', async () => {
    const key = await deploy(engine, topic);
    const byHand = await start(engine, key);
    const [task] = await fetchByHand('somebody', 10_000);
    await call(task?.id ?? '', 'failure', { workerId: 'somebody', errorMessage: 'no retries' });
    expect(await incidentOf(engine, byHand)).toBe('no retries');

    const slowly = { ...plainTopic, retry: { attempts: 3, firstDelayMs: 60_000, maxDelayMs: 60_000 } };
    startWorker(engine, topic, slowly, () => Promise.reject(new Error('once')));
    const ours = await start(engine, key);
    const failed = await eventually('the failure is reported', 5_000, async () =>
      (await openTasks(engine, ours)).find(({ retries }) => retries !== null),
    );
    expect(failed.retries).toBe(2);
    const wait = Date.parse(failed.lockExpirationTime ?? '') - Date.now();
    expect(wait).toBeGreaterThan(0.75 * 60_000);
    expect(wait).toBeLessThan(1.25 * 60_000);
  });

  test('a handler that never ends is aborted and reported; one that ignores the abort gives up its slot', async () => {
    const contract = { ...plainTopic, retry: { ...plainTopic.retry, attempts: 1 }, timeLimitMs: 1_000 };
    let aborted = 0;
    const worker = startWorker(
      engine,
      topic,
      contract,
      (_task, { signal }) => {
        signal.addEventListener('abort', () => (aborted += 1));
        return new Promise(() => undefined);
      },
      { slots: 1, abortGraceMs: 100 },
    );
    const key = await deploy(engine, topic);
    const instances = [await start(engine, key), await start(engine, key)];
    for (const instance of instances) {
      expect(await incidentOf(engine, instance)).toBe('Gave up after 1 attempt. There was no result within 1 s.');
    }
    expect(aborted).toBe(2);
    expect(worker.health().live).toBe(false);
  });

  test('the designer overrides attempts and delay with extension properties', async () => {
    const properties = `<camunda:properties><camunda:property name="retries" value="2"/>
      <camunda:property name="retryDelay" value="PT30S"/></camunda:properties>`;
    const key = await deploy(engine, topic, { extensions: properties });
    startWorker(engine, topic, plainTopic, () => Promise.reject(new Error('always')));
    const instance = await start(engine, key);
    const failed = await eventually('the failure is reported', 5_000, async () =>
      (await openTasks(engine, instance)).find(({ retries }) => retries !== null),
    );
    expect(failed.retries).toBe(1);
    expect(Date.parse(failed.lockExpirationTime ?? '') - Date.now()).toBeGreaterThan(20_000);
  });
});

describe('fact 4: complete checks only the worker id', () => {
  test('the engine takes a result after the lock has expired, unlocks for anyone, and only refuses to extend', async () => {
    const instance = await start(engine, await deploy(engine, topic));
    const [task] = await eventually('the task is there', 5_000, async () => {
      const tasks = await fetchByHand('late', 1);
      return tasks.length > 0 ? tasks : undefined;
    });
    const id = task?.id ?? '';
    await eventually('the lock has expired', 5_000, async () => {
      return (await call(id, 'extendLock', { workerId: 'late', newDuration: 1_000 })).status === 400;
    });
    expect((await call(id, 'unlock', {})).status).toBe(204);
    await fetchByHand('late', 1);
    expect((await call(id, 'complete', { workerId: 'late' })).status).toBe(204);
    expect(await isEnded(engine, instance)).toBe(true);
  });

  test('so a worker that was away for longer than its lock does not send its result', async () => {
    const proxy = await new FaultProxy(engine.engineUrl).open();
    try {
      const contract = { ...plainTopic, lockMs: 1_000 };
      let starts = 0;
      const handle = () => {
        starts += 1;
        // Stops everything in this process, heartbeats included, as a long pause of the machine does.
        if (starts === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
        return finish();
      };
      const worker = startWorker({ ...engine, engineUrl: proxy.url }, topic, contract, handle);
      await untilEnded(engine, await start(engine, await deploy(engine, topic)));
      expect(starts).toBe(2);
      expect(proxy.seen('complete')).toHaveLength(1);
      await eventually('the lost run is counted', 5_000, async () =>
        (await worker.registry.metrics()).includes(`worker_results_total{topic="${topic}",result="lost"} 1`),
      );
    } finally {
      await stopWorkers();
      await proxy.close();
    }
  });

  test('a refused heartbeat aborts the handler, and its result is not sent', async () => {
    const proxy = await new FaultProxy(engine.engineUrl).open();
    try {
      const contract = { ...plainTopic, lockMs: 6_000 };
      const aborted = gate();
      let reason: unknown;
      // One slot: or this worker would fetch the task again itself.
      startWorker(
        { ...engine, engineUrl: proxy.url },
        topic,
        contract,
        async (_task, { signal }) => {
          signal.addEventListener('abort', () => {
            reason = (signal.reason as { why: string }).why;
            aborted.open();
          });
          await aborted.opened;
          return done({});
        },
        { slots: 1 },
      );
      const instance = await start(engine, await deploy(engine, topic));
      const task = await eventually('the task is locked', 5_000, async () =>
        (await openTasks(engine, instance)).find(({ workerId }) => workerId !== null),
      );
      await call(task.id, 'unlock', {});
      expect(await fetchByHand('thief', 60_000)).toHaveLength(1);
      const stolenAt = performance.now();
      await aborted.opened;
      // Long before the lock would have run out.
      expect(performance.now() - stolenAt).toBeLessThan(4_000);
      expect(reason).toBe('lock-lost');
      await stopWorkers();
      expect(proxy.seen('complete')).toEqual([]);
      expect(await openTasks(engine, instance)).toMatchObject([{ workerId: 'thief' }]);
    } finally {
      await proxy.close();
    }
  });
});

describe('fact 5: what the answers to complete mean', () => {
  async function resultOf(contract: TopicContract, handle: () => Promise<void>, result: string): Promise<void> {
    const run: Handler<TopicContract> = async () => {
      await handle();
      return done({});
    };
    const worker = startWorker(engine, topic, contract, run, { slots: 1 });
    await eventually(`the result is ${result}`, 10_000, async () =>
      (await worker.registry.metrics()).includes(`worker_results_total{topic="${topic}",result="${result}"} 1`),
    );
  }

  test('404: the task is gone, and nobody is troubled with it', async () => {
    const instance = await start(engine, await deploy(engine, topic));
    const cancel = () => callEngine(engine, 'DELETE', `/process-instance/${instance}`).then(() => undefined);
    await resultOf(plainTopic, cancel, 'gone');
  });

  test('400: another worker has the lock, and it is left to that one', async () => {
    const instance = await start(engine, await deploy(engine, topic));
    const steal = async () => {
      const [task] = await openTasks(engine, instance);
      await call(task?.id ?? '', 'unlock', {});
      await fetchByHand('thief', 60_000);
    };
    await resultOf(plainTopic, steal, 'lost');
    expect(await openTasks(engine, instance)).toMatchObject([{ workerId: 'thief', retries: null }]);
  });

  test('500 with code 1, optimistic locks of a parallel multi-instance: every complete is sent again, no handler runs twice', async () => {
    const loop = `<bpmn:multiInstanceLoopCharacteristics isSequential="false">
      <bpmn:loopCardinality>\${15}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>`;
    const proxy = await new FaultProxy(engine.engineUrl).open();
    try {
      let starts = 0;
      const together = gate();
      startWorker({ ...engine, engineUrl: proxy.url }, topic, plainTopic, async () => {
        if ((starts += 1) === 15) together.open();
        await together.opened;
        return done({});
      });
      const instance = await start(engine, await deploy(engine, topic, { inside: loop }));
      await untilEnded(engine, instance, 30_000);
      expect(starts).toBe(15);
      expect(proxy.seen('complete').length).toBeGreaterThan(15);
      expect(proxy.seen('failure')).toEqual([]);
    } finally {
      await stopWorkers();
      await proxy.close();
    }
  });

  test('500 with code 10000, a deadlock: complete is sent again', async () => {
    const proxy = await new FaultProxy(engine.engineUrl).open();
    try {
      let completes = 0;
      proxy.fate = ({ call: name }) =>
        name === 'complete' && (completes += 1) === 1 ? engineError(500, 'ProcessEngineException', 10_000) : 'pass';
      let starts = 0;
      startWorker({ ...engine, engineUrl: proxy.url }, topic, plainTopic, () => ((starts += 1), finish()));
      await untilEnded(engine, await start(engine, await deploy(engine, topic)));
      expect([starts, completes]).toEqual([1, 2]);
    } finally {
      await stopWorkers();
      await proxy.close();
    }
  });

  test('another 500: the step failed in the engine, and the incident says why', async () => {
    const contract = { ...plainTopic, outputs: { text: 'String' } } as const;
    startWorker(engine, topic, contract, () => Promise.resolve(done({ text: 'x'.repeat(5_000) })));
    const message = await incidentOf(engine, await start(engine, await deploy(engine, topic)));
    expect(message).toMatch(/^Gave up after 3 attempts\. The process could not continue after this step: /);
  });
});

describe('fact 6: long polls', () => {
  test('wake at once for a task created on the same node', async () => {
    const proxy = await new FaultProxy(engine.engineUrl).open();
    try {
      startWorker({ ...engine, engineUrl: proxy.url }, topic, plainTopic, finish, { longPollMs: 20_000 });
      const key = await deploy(engine, topic);
      await untilEnded(engine, await start(engine, key));
      const createdAt = performance.now();
      await untilEnded(engine, await start(engine, key));
      expect(performance.now() - createdAt).toBeLessThan(3_000);
      const waits = proxy.seen('fetchAndLock').map(({ body }) => body['asyncResponseTimeout']);
      expect(new Set(waits.slice(1))).toEqual(new Set([20_000]));
    } finally {
      await stopWorkers();
      await proxy.close();
    }
  });

  test('of a worker that was killed live on in the engine, and take the next task with them', async () => {
    const proxy = await new FaultProxy(engine.engineUrl).open();
    const worker = startWorker({ ...engine, engineUrl: proxy.url }, topic, plainTopic, finish, { longPollMs: 10_000 });
    const key = await deploy(engine, topic);
    const longPolls = () => proxy.seen('fetchAndLock').filter(({ body }) => body['asyncResponseTimeout'] === 10_000);
    await eventually('a poll waits', 5_000, () => longPolls().length > 0);
    // What a kill does: every connection breaks, and nobody says goodbye.
    await proxy.close();
    const instance = await start(engine, key);
    const locked = await eventually('somebody has locked it', 5_000, async () =>
      (await openTasks(engine, instance)).find(({ workerId }) => workerId !== null),
    );
    expect(locked.workerId).toBe(worker.id);
  });

  test('see a lock that has expired when they end, so that recovery takes the lock and one poll', async () => {
    const longPollMs = 1_500;
    const instance = await start(engine, await deploy(engine, topic));
    await eventually('another worker has the task', 5_000, async () => (await fetchByHand('dead', 1_000)).length === 1);
    const lockedAt = performance.now();
    startWorker(engine, topic, plainTopic, finish, { longPollMs });
    await untilEnded(engine, instance);
    const recovery = performance.now() - lockedAt;
    expect(recovery).toBeGreaterThan(900);
    expect(recovery).toBeLessThan(1_000 + longPollMs + 1_500);
  });
});
