/** A primary with two replicas, and three Sentinels that promote one when the primary is gone. */
import { randomUUID } from 'node:crypto';
import { createFailOver, type RedisService } from './fail-over.ts';
import { type Common, startReplicas } from './replicas.ts';
import { HOST, type Server, type Servers } from './servers.ts';

export const MASTER_NAME = 'redis-master';
const SENTINELS = [0, 1, 2];
/** So many of them must find the primary gone. */
const QUORUM = 2;

/** The credentials are those of Tanzu's broker. */
export async function startSentinel(servers: Servers): Promise<RedisService> {
  const { primary, replicas } = await startReplicas(servers);
  const all = [primary, ...replicas];
  const sentinels = await startSentinels(servers, MASTER_NAME, primary, {
    replicas: replicas.length,
  });

  return {
    credentials: {
      master_name: MASTER_NAME,
      password: primary.password,
      port: primary.port,
      sentinel_password: sentinels[0]!.password,
      sentinels: sentinels.map(({ port }) => ({ host: HOST, port })),
    },
    ...createFailOver(servers, {
      findPrimary,
      findSuccessor: async (gone) => {
        const found = await findPrimary();
        return found !== gone && (await isPrimary(found)) ? found : null;
      },
      async startAgain(server) {
        if (server.isSentinel) return server.startAgain();
        await server.startAgain('--replicaof', `${HOST} ${(await findPrimary()).port}`);
      },
    }),
  };

  /** As the Sentinels see it. */
  async function findPrimary(): Promise<Server> {
    const asked = ['GET-MASTER-ADDR-BY-NAME', MASTER_NAME];
    const [, port] = (await sentinels[0]!.ask('SENTINEL', ...asked)) as [string, string];
    return all.find((server) => server.port === Number(port))!;
  }
}

interface Watch extends Common {
  /** The password of the Sentinels themselves; empty for none. */
  password?: string;
  /** The number of replicas of the primary that they watch. */
  replicas: number;
  /** Milliseconds of silence after which a Sentinel finds the primary down. */
  downAfter?: number;
}

/** Three that watch a primary. Resolves when they know of each other and of its replicas. */
export async function startSentinels(
  servers: Servers,
  masterName: string,
  primary: Pick<Server, 'port' | 'password'>,
  { password = randomUUID(), replicas, encryption, downAfter = 1000 }: Watch,
): Promise<Server[]> {
  const sentinels = await Promise.all(SENTINELS.map(startOne));
  await Promise.all(
    sentinels.map((one) => servers.until(() => knowsAll(one), 'gathers Sentinels')),
  );
  return sentinels;

  async function startOne(number: number): Promise<Server> {
    return servers.start({
      name: `sentinel/${number}`,
      password,
      encryption,
      isSentinel: true,
      configuration: [
        `sentinel monitor ${masterName} ${HOST} ${primary.port} ${QUORUM}`,
        `sentinel auth-pass ${masterName} ${primary.password}`,
        `sentinel down-after-milliseconds ${masterName} ${downAfter}`,
        `sentinel failover-timeout ${masterName} 5000`,
      ],
    });
  }

  /** Before that, they would not agree on a failover. */
  async function knowsAll(sentinel: Server): Promise<boolean> {
    const facts = (await sentinel.ask('SENTINEL', 'MASTER', masterName)) as string[];
    const numberOf = (name: string) => Number(facts[facts.indexOf(name) + 1]);
    return (
      numberOf('num-slaves') === replicas &&
      numberOf('num-other-sentinels') === sentinels.length - 1
    );
  }
}

/** A primary takes what a replica would refuse. */
async function isPrimary(server: Server): Promise<boolean> {
  const [role] = (await server.ask('ROLE')) as [string];
  return role === 'master';
}
