/** One server that speaks TLS only, with a certificate of an authority that the binding brings. */
import { randomUUID } from 'node:crypto';
import { findPort } from '../port.ts';
import { createCertificate } from './certificate.ts';
import type { RedisService } from './service.ts';
import { HOST, type Servers } from './servers.ts';
import { refuseFailOver } from './standalone.ts';

/** The credentials are those of SAP's broker. */
export async function startTls(servers: Servers): Promise<RedisService> {
  const [port, password] = [await findPort(0), randomUUID()];
  const { ca, certificateFile, keyFile } = await createCertificate(servers.directory, HOST);
  await servers.start({
    name: 'redis',
    port,
    password,
    configuration: [
      'port 0',
      `tls-port ${port}`,
      `tls-cert-file ${certificateFile}`,
      `tls-key-file ${keyFile}`,
      'tls-auth-clients no',
    ],
  });
  const tls = { host: HOST, port, server_ca: ca };
  return {
    credentials: { cluster_mode: false, hostname: HOST, password, port, tls },
    failOver: refuseFailOver,
  };
}
