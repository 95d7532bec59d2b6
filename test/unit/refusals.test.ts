import { ProductError, type ErrorCode } from '../../src/kernel/errors.js';
import { withRefusals } from '../../workers/handlers/refusals.js';
import { PermanentError, type Handlers, type Task } from '../../workers/runtime/index.js';

const topic = { inputs: {}, outputs: {}, retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 }, lockMs: 1 } as const;
const contract = {
  register: { ...topic, errors: ['request-refused', 'variant-changed'] },
  find: { ...topic, errors: [] },
} as const;

/** What becomes of an error that the handler of each topic throws. */
async function outcomeOf(name: keyof typeof contract, thrown: Error): Promise<unknown> {
  const fails = () => Promise.reject(thrown);
  const handlers: Handlers<typeof contract> = withRefusals(contract, { register: fails, find: fails });
  return handlers[name]({} as Task<never>, {} as never).catch((raw: unknown) => raw);
}

it.each([
  ['variant-changed', 'variant-changed'],
  ['holder-inactive', 'request-refused'],
  ['not-found', 'request-refused'],
] as const)('%s becomes the BPMN error %s', async (code: ErrorCode, expected) => {
  expect(await outcomeOf('register', new ProductError(code, 'Because.'))).toEqual({
    kind: 'business-error',
    code: expected,
    message: 'Because.',
    outputs: undefined,
  });
});

it('makes an error of data permanent, and names it without its value', async () => {
  const raw = Object.assign(new Error('interval out of range: "P99999999999D"'), { code: '22008' });
  const thrown = await outcomeOf('register', raw);
  expect(thrown).toBeInstanceOf(PermanentError);
  expect(thrown).toMatchObject({
    cause: raw,
    message: 'The database cannot take a value: a date or duration is out of range (22008).',
  });
});

it.each([
  ['a refusal to a topic without BPMN errors', 'find', new ProductError('not-found', 'Nobody.')],
  ['what trying again may mend', 'register', new ProductError('engine-unavailable', 'Away.')],
  ['what no diagram can handle', 'register', new ProductError('forbidden', 'No.')],
  ['a fault', 'register', new Error('broken')],
] as const)('leaves to the runtime: %s', async (_what, name, thrown) => {
  expect(await outcomeOf(name, thrown)).toBe(thrown);
});
