/** Reads which certificates to accept, besides those that Node.js brings. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Trust } from '../connection.ts';
import { readSwitch } from './settings.ts';
import type { Environment } from './sources.ts';

/** Debian's and Ubuntu's, cflinuxfs among them. */
const SYSTEM_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Files that cannot be read count as absent. Throws SettingProblem for a switch with another value. */
export function readTrust(env: Environment): Trust {
  return {
    certificates: [
      ...readPemFile(env.SSL_CERT_FILE || SYSTEM_CERTIFICATES),
      // Node.js adds these to its own list, which the app's list replaces
      ...(env.NODE_EXTRA_CA_CERTS ? readPemFile(env.NODE_EXTRA_CA_CERTS) : []),
      ...readPlatform(env.CF_SYSTEM_CERT_PATH),
    ],
    verify: readSwitch(env, 'REDIS_TLS_REJECT_UNAUTHORIZED') ?? true,
    serverName: env.REDIS_TLS_SERVERNAME || null,
  };
}

/** The platform mounts each certificate that its operator trusts as a file of its own. */
function readPlatform(directory: string | undefined): string[] {
  if (!directory || !statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(directory)
    .filter((name) => /\.(crt|pem)$/.test(name))
    .flatMap((name) => readPemFile(join(directory, name)));
}

function readPemFile(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}
