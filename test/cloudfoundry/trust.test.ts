/** Which certificates the app accepts from any Redis. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrust } from '../../src/cloudfoundry/trust.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trust-test-'));
  await writeFile(join(directory, 'system'), 'SYSTEM');
});
afterEach(() => rm(directory, { recursive: true }));

describe('trust', () => {
  it('is in the certificates of the system, in further ones, and in those of the platform', async () => {
    const platform = join(directory, 'platform');
    await mkdir(join(platform, 'nested.crt'), { recursive: true });
    for (const name of ['a.crt', 'b.pem', 'README', 'c.crt.old'])
      await writeFile(join(platform, name), name);
    await writeFile(join(directory, 'extra'), 'EXTRA');

    const env = {
      SSL_CERT_FILE: join(directory, 'system'),
      NODE_EXTRA_CA_CERTS: join(directory, 'extra'),
      CF_SYSTEM_CERT_PATH: platform,
    };
    expect(readTrust(env)).toEqual({
      certificates: ['SYSTEM', 'EXTRA', 'a.crt', 'b.pem'],
      verify: true,
      serverName: null,
    });
  });

  it.each(['missing', 'system'])('is not in what is no directory: %s', (name) => {
    const env = {
      SSL_CERT_FILE: join(directory, 'missing'),
      NODE_EXTRA_CA_CERTS: join(directory, 'missing'),
      CF_SYSTEM_CERT_PATH: join(directory, name),
    };
    expect(readTrust(env).certificates).toEqual([]);
  });

  it('is in the certificates of Debian and cflinuxfs where no variable names others', () => {
    const path = '/etc/ssl/certs/ca-certificates.crt';
    const certificates = existsSync(path) ? [readFileSync(path, 'utf8')] : [];
    expect(readTrust({})).toEqual({ certificates, verify: true, serverName: null });
    expect(readTrust({ SSL_CERT_FILE: '' }).certificates).toEqual(certificates);
  });

  it('is in the name that REDIS_TLS_SERVERNAME gives', () => {
    expect(readTrust({ REDIS_TLS_SERVERNAME: 'redis.example' }).serverName).toBe('redis.example');
  });
});
