import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Request } from 'express';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Headers by which a proxy says that it passes on what somebody else has sent. */
const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Whether a connection comes from this machine, be it from a proxy. */
export function isFromThisMachine(request: Request): boolean {
  const { remoteAddress = '' } = request.socket;
  const version = isIP(remoteAddress);
  return version !== 0 && loopback.check(remoteAddress, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a `Host` header names this machine itself. */
export function isLoopbackName(host: string): boolean {
  return loopbackName.test(host);
}

/**
 * Whether a program on this machine sends a request itself. What a proxy passes on does not count, so nothing counts
 * where the proxy could not be distinguished from a program: behind https, which we do not speak.
 * @param secure true when people reach the server by https
 */
export function isLocal(request: Request, secure: boolean): boolean {
  if (secure || !isFromThisMachine(request) || !isLoopbackName(request.headers.host ?? '')) return false;
  const trusts = request.app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  if (trusts(request.socket.remoteAddress ?? '', 0)) return false;
  return !proxyHeaders.some((name) => request.headers[name] !== undefined);
}

/** Whether a request presents this bearer token. */
export function presentsToken(request: Request, token: string | undefined): boolean {
  const [, sent] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  return token !== undefined && sent !== undefined && timingSafeEqual(digest(sent), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
