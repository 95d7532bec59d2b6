import { isProductError } from '../../src/kernel/errors.js';
import { dataErrorOf } from '../../src/kernel/db/data-error.js';
import {
  businessError,
  PermanentError,
  type Contract,
  type Handler,
  type Handlers,
  type TopicContract,
} from '../runtime/index.js';

/**
 * Lets diagrams handle what the product refuses: a business refusal that a handler throws ends its task with the BPMN error of
 * the same code or, where the topic has none of it, with the topic's first. A topic without BPMN errors leaves it to the runtime.
 * An error of data stays one on every try: its incident comes at once, and names it.
 */
export function withRefusals<C extends Contract>(contract: C, handlers: Handlers<C>): Handlers<C> {
  const entries = Object.entries(handlers) as [keyof C & string, Handler<TopicContract>][];
  return Object.fromEntries(
    entries.map(([topic, handler]) => [topic, withRefusalsOf(contract[topic]?.errors ?? [], handler)]),
  ) as unknown as Handlers<C>;
}

function withRefusalsOf(codes: readonly string[], handle: Handler<TopicContract>): Handler<TopicContract> {
  return async (task, context) => {
    try {
      return await handle(task, context);
    } catch (raw) {
      const dataError = dataErrorOf(raw);
      if (dataError !== null) throw new PermanentError(dataError, { cause: raw });
      const code =
        isProductError(raw) && raw.isBusiness ? (codes.find((each) => each === raw.code) ?? codes[0]) : undefined;
      if (code === undefined || !isProductError(raw)) throw raw;
      return businessError(code, raw.message);
    }
  };
}
