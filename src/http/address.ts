/** The address by which the app counts a client: behind proxies, and of an IPv6 network. */
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type Koa from 'koa';

/** `1.2.3.4:5678`, `[::1]:5678` and `[::1]`: some proxies add the port. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([\da-f:.]+)\](?::\d+)?)$/i;

/** Makes `ctx.ip` the address by which the app counts a client. */
export function installAddress(app: Koa, trustedProxies: number): void {
  Object.defineProperty(app.request, 'ip', {
    get(this: Koa.Request) {
      return readAddress(this.req, trustedProxies);
    },
  });
}

/**
 * Returns an IPv4 address, or an IPv6 network such as `2001:db8:1:2::/64`. Each proxy in front
 * appends to X-Forwarded-For the address that it was asked from, so the client's is the n-th from
 * the right of n trusted proxies; what stands further left, anybody can write. Falls back to the
 * address of the socket where the header has no address in that place.
 */
export function readAddress(request: IncomingMessage, trustedProxies: number): string {
  const { headers, socket } = request;
  // Node.js joins the lines of this header to one text
  const forwarded = trustedProxies > 0 ? (headers['x-forwarded-for'] as string | undefined) : '';
  return (
    normalize(nthFromRight(forwarded ?? '', trustedProxies)) ??
    normalize(socket.remoteAddress ?? '') ??
    ''
  );
}

/** Returns the first entry when there are fewer. */
function nthFromRight(list: string, n: number): string {
  const entries = list.split(',');
  return (entries.at(-n) ?? entries[0]!).trim();
}

/**
 * Returns null for what is no address. IPv6 counts by its first 64 bits, because one customer of a
 * provider has all addresses of such a network (RFC 6177).
 */
function normalize(text: string): string | null {
  const [, ipv4, ipv6] = WITH_PORT.exec(text) ?? [];
  const address = ipv4 ?? ipv6 ?? text;
  // ipaddr.js also reads `1` and `0x7f.1` as addresses
  if (!isIP(address)) return null;
  if (isIPv4(address)) return address;

  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const network = new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]);
  return `${network.toString()}/64`;
}
