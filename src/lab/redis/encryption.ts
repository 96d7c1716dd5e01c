/** TLS for servers on loopback, with certificates of an authority made for them alone. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../command-line/problem.ts';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const NOT_INSTALLED = `There is no openssl on the PATH. Install it:

  apt-get install openssl    on Debian and Ubuntu
  brew install openssl       on macOS`;

/** Paths of PEM files. */
export interface Certificate {
  certificate: string;
  key: string;
}

export interface Authority {
  /** Its certificate, in PEM. */
  ca: string;
  caFile: string;
  /** Signs a new key for a host. With days below zero, the certificate has expired. */
  issue: (name: string, subjectAltName: string, days?: number) => Promise<Certificate>;
}

/** TLS between servers, and for their clients. */
export interface Encryption {
  ca: string;
  caFile: string;
  /** Lines for redis.conf. */
  configuration: string[];
}

/** Its files are written to the directory. */
export async function createAuthority(directory: string): Promise<Authority> {
  const path = (name: string) => join(directory, name);
  const [caFile, caKeyFile] = [path('ca.crt'), path('ca.key')];
  const self = ['-x509', '-days', '30', '-keyout', caKeyFile, '-out', caFile];
  await openssl(['req', ...NEW_KEY, '-subj', '/CN=authority', ...self]);
  return { ca: await readFile(caFile, 'utf8'), caFile, issue };

  async function issue(name: string, subjectAltName: string, days = 30): Promise<Certificate> {
    const [certificate, key] = [path(`${name}.crt`), path(`${name}.key`)];
    const [request, extensions] = [path(`${name}.csr`), path(`${name}.ext`)];
    await writeFile(extensions, `subjectAltName=${subjectAltName}`);
    await openssl(['req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request]);
    const signer = ['-CA', caFile, '-CAkey', caKeyFile, '-CAcreateserial', '-days', `${days}`];
    const signed = ['-extfile', extensions, '-out', certificate];
    await openssl(['x509', '-req', '-in', request, ...signer, ...signed]);
    return { certificate, key };
  }
}

/** With a certificate for 127.0.0.1, whose files are written to the directory. */
export async function createEncryption(directory: string): Promise<Encryption> {
  const { ca, caFile, issue } = await createAuthority(directory);
  const { certificate, key } = await issue('redis', 'IP:127.0.0.1');
  const configuration = [
    `tls-cert-file ${certificate}`,
    `tls-key-file ${key}`,
    `tls-ca-cert-file ${caFile}`,
    'tls-auth-clients no',
    'tls-replication yes',
  ];
  return { ca, caFile, configuration };
}

async function openssl(words: string[]): Promise<void> {
  try {
    await promisify(execFile)('openssl', words);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Problem(NOT_INSTALLED) : error;
  }
}
