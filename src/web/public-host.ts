import type { RequestHandler } from 'express';
import { ProductError } from '../kernel/errors.js';
import { isFromThisMachine, isLoopbackName } from './callers.js';

/**
 * Refuses requests for another host than the public one, so that no site whose name leads here is taken for ours. On
 * this machine `localhost` and the loopback addresses do as well: for the command line, the print shop and probes.
 * @param publicUrl address under which people reach the server
 * @throws ProductError `misdirected`
 */
export function publicHostOnly(publicUrl: string): RequestHandler {
  const { protocol, host: publicHost, origin } = new URL(publicUrl);
  return (request, _response, next) => {
    const { host = '' } = request.headers;
    const address = `${protocol}//${host}`;
    const isPublic = URL.canParse(address) && new URL(address).host === publicHost && !/[/?#@\\]/.test(host);
    if (!isPublic && !(isLoopbackName(host) && isFromThisMachine(request)))
      throw new ProductError('misdirected', `This server answers at ${origin} only (setting PUBLIC_URL).`);
    next();
  };
}
