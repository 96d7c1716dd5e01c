/** A certificate for a server on loopback, signed by an authority that nobody knows. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../../command-line/problem.ts';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const DAYS = ['-days', '30'];

const NOT_INSTALLED = `There is no openssl on the PATH. Install it:

  apt-get install openssl    on Debian and Ubuntu
  brew install openssl       on macOS`;

/** Its files are left in `directory`; `ca` is the authority's certificate, in PEM. */
export async function createCertificate(directory: string, address: string) {
  const path = (name: string) => join(directory, name);
  const [caFile, caKeyFile] = [path('ca.crt'), path('ca.key')];
  const [certificateFile, keyFile] = [path('redis.crt'), path('redis.key')];
  const [request, extensions] = [path('redis.csr'), path('redis.ext')];
  const subject = (name: string) => ['-subj', `/CN=${name}`];

  const self = ['-x509', ...DAYS, '-keyout', caKeyFile, '-out', caFile];
  await openssl(['req', ...NEW_KEY, ...subject('foundry'), ...self]);
  await openssl(['req', ...NEW_KEY, ...subject('redis'), '-keyout', keyFile, '-out', request]);
  await writeFile(extensions, `subjectAltName=IP:${address}`);
  const signer = ['-CA', caFile, '-CAkey', caKeyFile, '-CAcreateserial'];
  const signed = ['-extfile', extensions, '-out', certificateFile];
  await openssl(['x509', '-req', '-in', request, ...DAYS, ...signer, ...signed]);
  return { ca: await readFile(caFile, 'utf8'), certificateFile, keyFile };
}

async function openssl(words: string[]): Promise<void> {
  try {
    await promisify(execFile)('openssl', words);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Problem(NOT_INSTALLED) : error;
  }
}
