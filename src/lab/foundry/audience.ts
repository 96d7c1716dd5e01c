/** `--host`: where an audience finds the app, and the invitation to it. */
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { renderUnicodeCompact } from 'uqr';
import { Problem } from '../command-line/problem.ts';
import { THIS_MACHINE } from './router/configuration.ts';

const ALL = ['0.0.0.0', '::'];

/**
 * Returns the URL at which an audience finds the app; for all addresses, that of the first one in a
 * network. Returns null when the app is open to this machine alone. Throws a problem without a network.
 */
export function findAudienceUrl(host: string, port: number): string | null {
  if (host === THIS_MACHINE) return null;
  const address = ALL.includes(host) ? listAddresses()[0] : host;
  if (!address) throw new Problem('--host: this machine is in no network that others could use.');
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}

/** IPv4 first: a phone has that in any network. */
function listAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && !scopeid) // a link-local one needs a zone
    .toSorted((one, other) => one.family.localeCompare(other.family))
    .map(({ address }) => address);
}

/** Says what is open to whom, with a QR code for phones. */
export function inviteAudience(url: string): string {
  return `Open to your network at ${url}: everyone there can sign up, and read and write keys. The controls stay on this machine.

${renderUnicodeCompact(url, { border: 4 })}`;
}
