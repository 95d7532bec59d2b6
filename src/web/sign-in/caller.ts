import { isIPv4, isIPv6 } from 'node:net';
import type { Request } from 'express';
import { requestIdOf } from '../request-id.js';
import { deviceTokenOf, sessionTokenOf } from './cookies.js';

/** What a request says of where it comes from. Nothing of it proves who sends it. */
export interface Caller {
  /** Address as far as trusted proxies report it. */
  readonly address: string;
  /** `User-Agent`; empty where there is none. */
  readonly program: string;
  /** Token of the browser's device cookie. */
  readonly device: string | null;
  /** Token of the session cookie. */
  readonly session: string | null;
  /** True for programs that send their password with each request. */
  readonly basic: boolean;
  readonly requestId: string;
}

export function callerOf(request: Request): Caller {
  return {
    address: request.ip ?? 'unknown',
    program: (request.get('user-agent') ?? '').slice(0, 300),
    device: deviceTokenOf(request),
    session: sessionTokenOf(request),
    basic: request.headers.authorization !== undefined,
    requestId: request.res === undefined ? '' : requestIdOf(request.res),
  };
}

/** What counts as one address: with IPv6 the network of 64 bits, of which a single customer has all. */
export function networkOf(address: string): string {
  const [, mapped = address] = /^::ffff:([\d.]+)$/i.exec(address) ?? [];
  if (isIPv4(mapped)) return mapped;
  const plain = address.replace(/%.*$/, '');
  if (!isIPv6(plain)) return address;
  const [head = '', tail = ''] = plain.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [first, last] = [groups(head), groups(tail)];
  const zeros = plain.includes('::') ? Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0') : [];
  const network = [...first, ...zeros, ...last].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
