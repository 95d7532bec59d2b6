/**
 * The behaviours a to j of camunda-external-task-client-js 3.1.0 that must not reach handlers or operators, each against
 * a real engine, with a proxy before it where the engine has to fail.
 */
import type { EngineConnection } from '../support/engine.js';
import { eventually } from '../support/eventually.js';
import { createWorker, done } from '../../workers/runtime/index.js';
import { engineError, FaultProxy } from './fault-proxy.js';
import { deploy, start, unique } from '../../bench/lib/engine-work.js';
import {
  engineForWorkers,
  finish,
  gate,
  historicVariables,
  incidentOf,
  openTasks,
  plainTopic,
  recordingLog,
  startWorker,
  stopWorkers,
  untilEnded,
} from './support.js';
import { workerHeaders } from '../../bench/lib/worker-headers.js';

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

const behindProxy = (): EngineConnection => ({ ...engine, engineUrl: proxy.url });

describe('a: a handler that throws', () => {
  test('is logged and reported, tried again, and becomes an incident without its secrets', async () => {
    const instance = await start(engine, await deploy(engine, topic), {}, 'case-a');
    const log = recordingLog();
    startWorker(engine, topic, plainTopic, () => Promise.reject(new Error('password is hunter2')), { log });

    const message = await incidentOf(engine, instance);
    expect(message).toMatch(
      /^Gave up after 3 attempts\. Unexpected error; the worker's log has it under [0-9a-f]{8}\.$/,
    );
    const failures = log.lines.filter((line) => line.message === 'the handler failed');
    expect(failures.map((line) => line.fields['attempt'])).toEqual([1, 2, 3]);
    expect(failures[2]?.fields).toMatchObject({ topic, businessKey: 'case-a', taskId: expect.any(String) as string });
    expect(message).toContain(failures[2]?.fields['reference']);
  });
});

describe('b: no HTTP call waits for ever', () => {
  test('a hung complete frees its slot, and its result is resolved', async () => {
    const key = await deploy(engine, topic);
    const instances = [await start(engine, key), await start(engine, key)];
    let hung = 0;
    proxy.fate = ({ call }) => (call === 'complete' && (hung += 1) === 1 ? 'hang' : 'pass');
    startWorker(behindProxy(), topic, plainTopic, finish, { slots: 1, callMs: 400 });
    await Promise.all(instances.map((instance) => untilEnded(engine, instance)));
  });

  test('a hung poll is given up and made again', async () => {
    let polls = 0;
    proxy.fate = ({ call }) => (call === 'fetchAndLock' && (polls += 1) === 1 ? 'hang' : 'pass');
    const log = recordingLog();
    startWorker(behindProxy(), topic, plainTopic, finish, { callMs: 300, longPollMs: 300, log });
    const instance = await start(engine, await deploy(engine, topic));
    await untilEnded(engine, instance);
    expect(log.lines.filter((line) => line.fields['trouble'] === 'timeout')).toHaveLength(1);
  });
});

describe('c: slots', () => {
  test('never more handlers than slots, and each fetch asks for exactly the free ones', async () => {
    const key = await deploy(engine, topic);
    const instances = await Promise.all(Array.from({ length: 12 }, () => start(engine, key)));
    let begun = 0;
    let running = 0;
    let most = 0;
    const wrong: unknown[] = [];
    proxy.fate = ({ call, body }) => {
      if (call === 'fetchAndLock' && Number(body['maxTasks']) > 4 - running)
        wrong.push({ asked: body['maxTasks'], running });
      return 'pass';
    };
    startWorker(
      behindProxy(),
      topic,
      plainTopic,
      async () => {
        most = Math.max(most, (running += 1));
        begun += 1;
        await new Promise((resolve) => setTimeout(resolve, 50 + 150 * (begun % 4)));
        running -= 1;
        return done({});
      },
      { slots: 4 },
    );
    await Promise.all(instances.map((instance) => untilEnded(engine, instance)));
    expect(most).toBe(4);
    expect(wrong).toEqual([]);
    expect(proxy.seen('fetchAndLock')[0]?.body['maxTasks']).toBe(4);
  });

  test('a capped topic never runs more than its cap, and does not hold up the others', async () => {
    const slow = unique('slow');
    const [slowKey, quickKey] = [await deploy(engine, slow), await deploy(engine, topic)];
    const held = gate();
    let running = 0;
    const worker = createWorker({
      engineUrl: engine.engineUrl,
      headers: workerHeaders(engine),
      contract: { [slow]: plainTopic, [topic]: plainTopic },
      handlers: {
        [slow]: async () => {
          running += 1;
          await held.opened;
          return finish();
        },
        [topic]: finish,
      },
      caps: { [slow]: 2 },
      slots: 2,
      longPollMs: 1_000,
    });
    const slowOnes = await Promise.all([1, 2, 3, 4].map(() => start(engine, slowKey)));
    worker.start();
    try {
      await eventually('the cap is reached', 5_000, () => running === 2);
      await untilEnded(engine, await start(engine, quickKey), 3_000);
      expect(running).toBe(2);
      held.open();
      await Promise.all(slowOnes.map((instance) => untilEnded(engine, instance)));
    } finally {
      await worker.stop({ deadlineMs: 3_000 });
    }
  });

  test('there is no pause between polls: a chain of ten steps takes less than two polls of the stock client would wait', async () => {
    startWorker(engine, topic, plainTopic, finish);
    const key = await deploy(engine, topic, { steps: 10 });
    await untilEnded(engine, await start(engine, key));
    const startedAt = performance.now();
    await untilEnded(engine, await start(engine, key));
    expect(performance.now() - startedAt).toBeLessThan(10 * 300 * 0.5);
  });
});

describe('d: polling survives every error', () => {
  test('tries become rarer while the engine is down, and only the changes are logged, even by a log that throws', async () => {
    const log = recordingLog();
    const record = log.error;
    log.child = () => ({
      ...log,
      error: (fields, message) => {
        record(fields, message);
        throw new Error('disk full');
      },
    });
    proxy.fate = ({ call }) =>
      call === 'fetchAndLock' ? { status: 503, body: '<html>', contentType: 'text/html' } : 'pass';
    const worker = startWorker(behindProxy(), topic, plainTopic, finish, { log, readyWithinMs: 500 });
    await eventually('five polls have failed', 10_000, () => proxy.seen('fetchAndLock').length >= 5);

    const times = proxy.seen('fetchAndLock').map((request) => request.at);
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(waits[3]).toBeGreaterThan(3 * (waits[0] ?? Infinity));
    expect(log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
    expect(worker.health()).toMatchObject({ live: true, ready: false });

    await proxy.shut();
    await eventually('the other trouble is logged', 10_000, () =>
      log.lines.some((line) => line.fields['trouble'] === 'connection'),
    );
    proxy.fate = () => 'pass';
    await proxy.open();
    await untilEnded(engine, await start(engine, await deploy(engine, topic)), 15_000);
    expect(log.lines.filter((line) => line.message === 'tasks can be fetched again')).toHaveLength(1);
    expect(log.lines.filter((line) => line.level === 'error')).toHaveLength(2);
    await eventually('the worker is ready again', 10_000, () => worker.health().ready);
    expect(worker.health()).toMatchObject({ live: true });
  });
});

describe('e: stop', () => {
  test('ends the long poll at once, and a task that comes later is left to other workers', async () => {
    const key = await deploy(engine, topic);
    const started: string[] = [];
    const worker = startWorker(
      behindProxy(),
      topic,
      plainTopic,
      (task) => {
        started.push(task.id);
        return finish();
      },
      { longPollMs: 20_000 },
    );
    await untilEnded(engine, await start(engine, key));
    const longPolls = () => proxy.seen('fetchAndLock').filter(({ body }) => body['asyncResponseTimeout'] === 20_000);
    await eventually('a poll waits', 5_000, () => longPolls().length > 0);

    const stoppedAt = performance.now();
    await worker.stop({ deadlineMs: 10_000 });
    expect(performance.now() - stoppedAt).toBeLessThan(2_000);

    const instance = await start(engine, key);
    expect(await openTasks(engine, instance)).toMatchObject([{ workerId: null }]);
    expect(started).toHaveLength(1);
    startWorker(engine, topic, plainTopic, finish);
    await untilEnded(engine, instance, 3_000);
  });

  test('gives back tasks that arrive while it stops', async () => {
    const key = await deploy(engine, topic);
    let calls = 0;
    const worker = startWorker(behindProxy(), topic, plainTopic, () => ((calls += 1), finish()), { longPollMs: 2_000 });
    const longPolls = () => proxy.seen('fetchAndLock').filter(({ body }) => body['asyncResponseTimeout'] === 2_000);
    await eventually('a poll waits', 5_000, () => longPolls().length > 0);
    // The request that cancels the poll does not get through: the poll is still open when the task is created.
    proxy.fate = ({ call }) => (call === 'fetchAndLock' ? 'lose-request' : 'pass');
    const stopped = worker.stop({ deadlineMs: 8_000 });
    const instance = await start(engine, key);
    await stopped;
    expect(calls).toBe(0);
    expect(proxy.seen('unlock')).toHaveLength(1);
    expect(await openTasks(engine, instance)).toMatchObject([{ workerId: null }]);
  });

  test('gives back, within its deadline, what a handler that ignores its abort does not end', async () => {
    const instance = await start(engine, await deploy(engine, topic));
    const started = gate();
    const worker = startWorker(engine, topic, plainTopic, () => {
      started.open();
      return new Promise(() => undefined);
    });
    await started.opened;
    const stoppedAt = performance.now();
    await worker.stop({ deadlineMs: 3_000 });
    expect(performance.now() - stoppedAt).toBeLessThan(3_500);
    expect(await openTasks(engine, instance)).toMatchObject([{ workerId: null, retries: null }]);
  });

  test('a worker is started once', async () => {
    const worker = startWorker(engine, topic, plainTopic, finish);
    expect(() => worker.start()).toThrow('started once');
    await worker.stop({ deadlineMs: 3_000 });
    expect(() => worker.start()).toThrow('started once');
  });
});

describe('f: worker id', () => {
  test('is unique to each start, and is what holds the lock', async () => {
    const held = gate();
    const first = startWorker(engine, topic, plainTopic, () => held.opened.then(finish));
    const second = startWorker(engine, topic, plainTopic, () => held.opened.then(finish));
    expect(first.id).toMatch(new RegExp(`-${process.pid}-[0-9a-f]{8}$`));
    expect(first.id).not.toBe(second.id);
    const instance = await start(engine, await deploy(engine, topic));
    const holder = await eventually(
      'the task is locked',
      5_000,
      async () => (await openTasks(engine, instance))[0]?.workerId,
    );
    expect([first.id, second.id]).toContain(holder);
    held.open();
    await untilEnded(engine, instance);
  });
});

describe('g: content type', () => {
  test('JSON with a charset is JSON', async () => {
    proxy.contentType = 'application/json; charset=UTF-8';
    startWorker(behindProxy(), topic, plainTopic, finish);
    await untilEnded(engine, await start(engine, await deploy(engine, topic)));
  });
});

describe('h: variables', () => {
  const contract = {
    ...plainTopic,
    inputs: { text: 'String', count: 'Integer', view: 'Json', note: 'String?' },
    outputs: {
      answer: 'String',
      rows: 'Json',
      at: 'Date',
      total: 'Long',
      rate: 'Double',
      cleared: 'String?',
      mine: { type: 'Boolean', local: true },
    },
  } as const;

  test('plain outputs arrive typed, and inputs are typed', async () => {
    let seen: unknown;
    startWorker(engine, topic, contract, (task) => {
      seen = task.variables;
      const at = new Date('2026-02-03T04:05:06.789Z');
      return Promise.resolve(
        done({ answer: 'yes', rows: [{ a: 1 }], at, total: 5_000_000_000, rate: 0.5, cleared: null, mine: true }),
      );
    });
    const instance = await start(engine, await deploy(engine, topic), {
      text: { type: 'String', value: 'x' },
      count: { type: 'Integer', value: 3 },
      view: { type: 'Json', value: '{"deep":["a"]}' },
    });
    await untilEnded(engine, instance);
    expect(seen).toEqual({ text: 'x', count: 3, view: { deep: ['a'] }, note: null });
    expect(await historicVariables(engine, instance)).toMatchObject({
      answer: { type: 'String', value: 'yes' },
      rows: { type: 'Json', value: '[{"a":1}]' },
      at: { type: 'Date', value: '2026-02-03T04:05:06.789+0000' },
      total: { type: 'Long', value: 5_000_000_000 },
      rate: { type: 'Double', value: 0.5 },
      cleared: { type: 'Null', value: null },
      mine: { type: 'Boolean', value: true },
    });
  });

  test('an undeclared output and a missing input become incidents that name the variable', async () => {
    const key = await deploy(engine, topic);
    const outputs = { surprise: 1 } as unknown as Record<string, never>;
    startWorker(engine, topic, { ...plainTopic, inputs: { text: 'String?' } }, () => Promise.resolve(done(outputs)));
    expect(await incidentOf(engine, await start(engine, key))).toBe('The output “surprise” is not declared.');
    await stopWorkers();

    startWorker(engine, topic, { ...plainTopic, inputs: { text: 'String' } }, finish);
    expect(await incidentOf(engine, await start(engine, key))).toBe('The input “text” is missing.');
    const wrong = await start(engine, key, { text: { type: 'Boolean', value: true } });
    expect(await incidentOf(engine, wrong)).toBe('The input “text” is of type boolean instead of String.');
  });
});

describe('i: heartbeat, metrics, health', () => {
  test('a worker that has nothing to do is ready at once, not after its first long poll', async () => {
    const worker = startWorker(engine, topic, plainTopic, finish, { longPollMs: 20_000 });
    expect(worker.health().ready).toBe(false);
    await eventually('the worker is ready', 5_000, () => worker.health().ready);
  });

  test('a handler may take several times as long as its lock', async () => {
    let starts = 0;
    const contract = { ...plainTopic, lockMs: 1_200 };
    const slow = async () => {
      starts += 1;
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      return finish();
    };
    const first = startWorker(behindProxy(), topic, contract, slow);
    startWorker(engine, topic, contract, slow);
    const instance = await start(engine, await deploy(engine, topic));
    await untilEnded(engine, instance);
    expect(starts).toBe(1);
    expect(first.health()).toEqual({ live: true, ready: true, problems: [] });
  });

  test('metrics show what happened', async () => {
    const worker = startWorker(engine, topic, plainTopic, finish);
    await untilEnded(engine, await start(engine, await deploy(engine, topic)));
    await eventually('the run is counted', 5_000, async () =>
      (await worker.registry.metrics()).includes(`worker_results_total{topic="${topic}",result="completed"} 1`),
    );
    const text = await worker.registry.metrics();
    expect(text).toContain('worker_slots{lane="shared"} 32');
    expect(text).toContain('worker_slots_in_use{lane="shared"} 0');
    expect(text).toContain('worker_engine_up{lane="shared"} 1');
    for (const name of ['handler', 'lock_margin', 'task_wait']) {
      expect(text).toContain(`worker_${name}_seconds_count{topic="${topic}"} 1`);
    }
    expect(text).toMatch(/worker_fetch_seconds_count\{lane="shared",found="some"\} 1/);
  });
});

describe('j: transport', () => {
  test('connections are kept, and there are no more than configured', async () => {
    const key = await deploy(engine, topic);
    const instances = await Promise.all(Array.from({ length: 40 }, () => start(engine, key)));
    startWorker(behindProxy(), topic, plainTopic, finish, { slots: 20, maxSockets: 3 });
    await Promise.all(instances.map((instance) => untilEnded(engine, instance)));
    expect(proxy.seen('complete')).toHaveLength(40);
    expect(proxy.connections).toBeLessThanOrEqual(3 + 2);
  });

  test('an answer that is not the engine’s says nothing about the task', async () => {
    let answers = 0;
    proxy.fate = ({ call }) => {
      if (call !== 'complete' || (answers += 1) > 2) return 'pass';
      return answers === 1
        ? { status: 404, body: 'Not Found', contentType: 'text/plain' }
        : engineError(500, 'X', 10_000);
    };
    let starts = 0;
    startWorker(behindProxy(), topic, plainTopic, () => ((starts += 1), finish()));
    await untilEnded(engine, await start(engine, await deploy(engine, topic)));
    expect(starts).toBe(1);
    expect(proxy.seen('complete')).toHaveLength(3);
  });
});
