/** A primary with two replicas, and three Sentinels that promote one when the primary is gone. */
import { randomUUID } from 'node:crypto';
import { findPort } from '../port.ts';
import { createFailOver } from './fail-over.ts';
import { startReplicas } from './replicated.ts';
import type { RedisService } from './service.ts';
import { HOST, type Server, type Servers } from './servers.ts';

const MASTER_NAME = 'redis-master';
const SENTINELS = [0, 1, 2];
/** How many of them must find the primary gone. */
const QUORUM = 2;

/** The credentials are those of Tanzu's broker. */
export async function startSentinel(servers: Servers): Promise<RedisService> {
  const { primary, replicas } = await startReplicas(servers);
  const all = [primary, ...replicas];
  const sentinelPassword = randomUUID();
  const sentinels = await Promise.all(SENTINELS.map(startOne));
  await Promise.all(sentinels.map((one) => servers.until(() => knowsAll(one), 'gather Sentinels')));

  return {
    credentials: {
      master_name: MASTER_NAME,
      password: primary.password,
      port: primary.port,
      sentinel_password: sentinelPassword,
      sentinels: sentinels.map(({ port }) => ({ host: HOST, port })),
    },
    failOver: createFailOver(servers, {
      findPrimary,
      findSuccessor: async (gone) => {
        const found = await findPrimary();
        return found !== gone && (await isPrimary(found)) ? found : null;
      },
      startAgain: async (server) =>
        server.startAgain('--replicaof', `${HOST} ${(await findPrimary()).port}`),
    }),
  };

  async function startOne(number: number): Promise<Server> {
    return servers.start({
      name: `sentinel/${number}`,
      port: await findPort(0),
      password: sentinelPassword,
      isSentinel: true,
      configuration: [
        `sentinel monitor ${MASTER_NAME} ${HOST} ${primary.port} ${QUORUM}`,
        `sentinel auth-pass ${MASTER_NAME} ${primary.password}`,
        `sentinel down-after-milliseconds ${MASTER_NAME} 1000`,
        `sentinel failover-timeout ${MASTER_NAME} 5000`,
      ],
    });
  }

  /** Before that, they would not agree on a failover. */
  async function knowsAll(sentinel: Server): Promise<boolean> {
    const facts = (await sentinel.ask('SENTINEL', 'MASTER', MASTER_NAME)) as string[];
    const numberOf = (name: string) => Number(facts[facts.indexOf(name) + 1]);
    return (
      numberOf('num-slaves') === replicas.length &&
      numberOf('num-other-sentinels') === sentinels.length - 1
    );
  }

  /** As the Sentinels see it. */
  async function findPrimary(): Promise<Server> {
    const asked = ['GET-MASTER-ADDR-BY-NAME', MASTER_NAME];
    const [, port] = (await sentinels[0]!.ask('SENTINEL', ...asked)) as [string, string];
    return all.find((server) => server.port === Number(port))!;
  }
}

/** What a replica would refuse, a primary takes. */
async function isPrimary(server: Server): Promise<boolean> {
  const [role] = (await server.ask('ROLE')) as [string];
  return role === 'master';
}
