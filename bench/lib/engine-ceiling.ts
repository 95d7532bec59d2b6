import type { EngineClient } from '../../src/engine/client.js';
import { inParallel } from './pool.js';

const key = 'bench-ceiling';
const user = 'card-server';

const diagram = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="bench">
  <process id="${key}" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="begin" /><sequenceFlow id="to-work" sourceRef="begin" targetRef="work" />
    <serviceTask id="work" camunda:type="external" camunda:topic="${key}" />
    <sequenceFlow id="to-end" sourceRef="work" targetRef="end" /><endEvent id="end" />
  </process>
</definitions>`;

/** Deploys the diagram of `engineCeiling`. */
export async function prepareCeiling(engine: EngineClient): Promise<void> {
  const body = new FormData();
  body.set('deployment-name', key);
  body.set('diagram', new File([diagram], `${key}.bpmn`));
  await engine.raw({ user, method: 'POST', path: '/deployment/create', body });
}

/**
 * What the engine does by itself: starts and single external tasks that do nothing, over kept connections, with nothing
 * of ours in between.
 * @returns instances per second, from the first start to the last completion
 */
export async function engineCeiling(engine: EngineClient, count: number): Promise<number> {
  const began = performance.now();
  let completed = 0;
  const work = async (): Promise<void> => {
    while (completed < count) {
      const tasks = await engine.call<{ id: string }[]>({
        user,
        method: 'POST',
        path: '/external-task/fetchAndLock',
        body: {
          workerId: key,
          maxTasks: 32,
          topics: [{ topicName: key, lockDuration: 60_000, variables: [] }],
          asyncResponseTimeout: 1_000,
        },
      });
      await inParallel(tasks, 8, ({ id }) =>
        engine.call({ user, method: 'POST', path: `/external-task/${id}/complete`, body: { workerId: key } }),
      );
      completed += tasks.length;
    }
  };
  const starts = inParallel(Array.from({ length: count }), 8, () =>
    engine.call({ user, method: 'POST', path: `/process-definition/key/${key}/start`, body: {} }),
  );
  await Promise.all([starts, work()]);
  return count / ((performance.now() - began) / 1_000);
}
