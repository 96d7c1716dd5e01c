/** The client of a request: its address, read from behind proxies, and when it leaves. */
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type Koa from 'koa';
import type { Context } from 'koa';

/** `1.2.3.4:5678`, `[::1]:5678` and `[::1]`: some proxies add the port. */
const WITH_PORT = /^(?:(\d+\.\d+\.\d+\.\d+):\d+|\[([\da-f:.]+)\](?::\d+)?)$/i;

interface Client {
  /** See readAddress. */
  address: string;
  /** Aborted when the client has its answer, or has left. */
  signal: AbortSignal;
}

export function clientOf(ctx: Context): Client {
  return { address: ctx.ip, signal: signalClientLeft(ctx) };
}

/** Returns a signal that is aborted when the answer is sent or the connection is closed. */
export function signalClientLeft({ req, res }: Context): AbortSignal {
  const left = new AbortController();
  // A response that is closed already emits no second 'close'
  if (res.closed || req.socket.destroyed) left.abort();
  else res.once('close', () => left.abort());
  return left.signal;
}

/**
 * Makes `ctx.ip` the address by which the app counts a client, and `ctx.host` the header Host: Koa would
 * prefer X-Forwarded-Host, which the platform's router passes on as any client wrote it.
 */
export function installAddress(app: Koa, trustedProxies: number): void {
  Object.defineProperties(app.request, {
    ip: {
      get(this: Koa.Request) {
        return readAddress(this.req, trustedProxies);
      },
    },
    host: {
      get(this: Koa.Request) {
        return this.req.headers.host ?? '';
      },
    },
  });
}

/**
 * Returns an IPv4 address, or an IPv6 network such as `2001:db8:1:2::/64`. Each proxy in front
 * appends to X-Forwarded-For the address of its own client. With n trusted proxies, the client is the
 * n-th from the right; entries further left can be forged. Falls back to the address of the socket when
 * the header has no address in that place.
 */
export function readAddress(request: IncomingMessage, trustedProxies: number): string {
  const { headers, socket } = request;
  // Node.js joins several lines of this header
  const forwarded = trustedProxies > 0 ? (headers['x-forwarded-for'] as string | undefined) : '';
  return (
    normalize(nthFromRight(forwarded ?? '', trustedProxies)) ??
    normalize(socket.remoteAddress ?? '') ??
    ''
  );
}

/** Returns the first entry of a list that has fewer than n. */
function nthFromRight(list: string, n: number): string {
  const entries = list.split(',');
  return (entries.at(-n) ?? entries[0]!).trim();
}

/**
 * Returns null for a text that is not an address. IPv6 counts by its first 64 bits, because one customer
 * of a provider has all addresses of such a network (RFC 6177).
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
