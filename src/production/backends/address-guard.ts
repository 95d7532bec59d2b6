import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

/**
 * Where no backend may be: addresses by which a machine's surroundings are configured (cloud metadata, link-local), and those
 * that are no machine's. Loopback is allowed: the print shop and the queues of a local CUPS are there. Private networks are
 * allowed too: card printers stand in them.
 */
const forbidden = new BlockList();
/** IPv4 networks, which may also be written inside IPv6 (NAT64, 6to4). */
const forbiddenV4 = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  // Metadata of clouds outside the link-local network: Alibaba, Azure, Oracle.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  // Multicast, reserved, broadcast.
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
for (const [network, prefix] of forbiddenV4) {
  const hex = network.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const groups = `${hex.slice(0, 2).join('')}:${hex.slice(2).join('')}`;
  forbidden.addSubnet(network, prefix, 'ipv4');
  // NAT64 (RFC 6052), 6to4 (RFC 3056), and the deprecated "IPv4-compatible" form. `::` and `::1` are judged by themselves.
  forbidden.addSubnet(`64:ff9b::${groups}`, 96 + prefix, 'ipv6');
  forbidden.addSubnet(`2002:${groups}::`, 16 + prefix, 'ipv6');
  if (network !== '0.0.0.0') forbidden.addSubnet(`::${groups}`, 96 + prefix, 'ipv6');
}
for (const [network, prefix] of [
  ['::', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
] as const)
  forbidden.addSubnet(network, prefix, 'ipv6');

/** What is said of such an address. */
export const forbiddenAddress = 'must not lead to a link-local, metadata, multicast or unspecified address';

/** True for an IP address at which no backend is called. @param address without brackets; with or without a zone */
export function isForbiddenAddress(address: string): boolean {
  const [bare = ''] = address.split('%');
  const family = isIP(bare);
  return family !== 0 && forbidden.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** Name or IP address in a URL of any scheme, numbers in their usual form; null for what is no URL with a host. */
export function hostIn(address: string): string | null {
  // Only of schemes that it knows does URL bring a number such as 0xa9fea9fe into its usual form.
  const asHttp = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, 'http://');
  if (asHttp === address && !/^http:\/\//i.test(address)) return null;
  if (!URL.canParse(asHttp)) return null;
  return new URL(asHttp).hostname.replace(/^\[|\]$/g, '');
}

/** Longest wait for a name to be resolved when an address is saved (ms). */
const resolveWithinMs = 3_000;

/**
 * Whether an address leads to where no backend may be, as its name resolves at present. A name that cannot be resolved does
 * not: it is judged again at each connection.
 */
export async function leadsToForbidden(address: string): Promise<boolean> {
  const host = hostIn(address);
  if (host === null) return false;
  if (isIP(host) !== 0) return isForbiddenAddress(host);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<LookupAddress[]>((resolve) => {
    timer = setTimeout(resolve, resolveWithinMs, []);
  });
  const found = await Promise.race([lookup(host, { all: true }).catch(() => []), late]);
  clearTimeout(timer);
  return found.some((each) => isForbiddenAddress(each.address));
}

/** No connection was made: adapters read `syscall` for that. */
function refusal(): NodeJS.ErrnoException {
  return Object.assign(new Error(`The address ${forbiddenAddress}.`), { code: 'EFORBIDDEN', syscall: 'connect' });
}

/**
 * Resolves names for connections and refuses forbidden addresses: the answer that is judged is the one that is connected to,
 * so a name that resolves otherwise the next time gains nothing.
 * @param resolve the resolver of the system
 */
export function guardedLookup(resolve: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options: LookupOptions, callback) => {
    resolve(hostname, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
      if (error === null && addresses.some(isForbiddenAddress)) callback(refusal(), '', 0);
      else callback(error, found, family);
    });
  };
}

/** How adapters connect: as undici does, but never to a forbidden address, which a URL may also hold without a name. */
export function guardedConnector(
  options: buildConnector.BuildOptions,
  lookupFunction: LookupFunction = guardedLookup(),
): buildConnector.connector {
  const connect = buildConnector({ ...options, lookup: lookupFunction });
  return (target, callback) => {
    if (isForbiddenAddress(target.hostname.replace(/^\[|\]$/g, ''))) callback(refusal(), null);
    else connect(target, callback);
  };
}
