/** Certificates made for one test run by openssl, good ones and bad ones. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stopAtEnd } from './cleanup.ts';

const openssl = (words: string) => promisify(execFile)('openssl', words.split(' '));
const NEW_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';

export interface Certificate {
  /** Paths of PEM files. */
  certificate: string;
  key: string;
}

/** An authority of its own, in a directory of its own. */
export async function createAuthority() {
  const directory = await mkdtemp(join(tmpdir(), 'authority-'));
  const path = (name: string) => join(directory, name);
  const ca: Certificate = { certificate: path('ca.crt'), key: path('ca.key') };
  const { certificate, key } = ca;
  await openssl(
    `req -x509 ${NEW_KEY} -subj /CN=authority -days 2 -keyout ${key} -out ${certificate}`,
  );

  stopAtEnd(() => rm(directory, { recursive: true, force: true }));

  return {
    caFile: ca.certificate,
    ca: await readFile(ca.certificate, 'utf8'),
    /** Signs a new key for a host; with days below zero, a certificate that has expired. */
    async issue(name: string, subjectAltName: string, days = 2): Promise<Certificate> {
      const issued: Certificate = { certificate: path(`${name}.crt`), key: path(`${name}.key`) };
      const request = path(`${name}.csr`);
      const extensions = path(`${name}.ext`);
      await writeFile(extensions, `subjectAltName=${subjectAltName}`);
      await openssl(`req ${NEW_KEY} -subj /CN=${name} -keyout ${issued.key} -out ${request}`);
      await openssl(
        `x509 -req -in ${request} -CA ${certificate} -CAkey ${key} -CAcreateserial ` +
          `-days ${days} -extfile ${extensions} -out ${issued.certificate}`,
      );
      return issued;
    },
  };
}

export type Authority = Awaited<ReturnType<typeof createAuthority>>;
