/** The Redis servers and Sentinels of a network: how they are, and how they fail over. */
import type { Network } from './machines.ts';
import { until } from './until.ts';

/** Each question is a process of its own. */
const PAUSE = 200; // milliseconds
const LIMIT = 30_000; // milliseconds
/** Until the Sentinels have agreed, and a replica has become the primary. */
const ELECTION = 5000; // milliseconds

interface Addresses {
  redis: string[];
  sentinels: string[];
}

interface FailOver {
  /** Removes the primary. */
  remove: () => Promise<void>;
  /** Starts it again. */
  comeBack: () => Promise<void>;
  /** Whether the app uses its Redis. */
  works: () => Promise<boolean>;
}

export function createSentinels(
  network: Network,
  { redis, sentinels }: Addresses,
  password: string,
) {
  return { untilComplete, failOver };

  /** The first Redis is the primary, the others are its replicas, and the Sentinels know of all. */
  async function untilComplete(): Promise<void> {
    await untilReplicas(redis[0]!);
    await until('the Sentinels have found each other', haveFoundEachOther, {
      limit: LIMIT,
      pause: PAUSE,
    });
  }

  /** Returns after how many milliseconds there is another primary, and after how many the app uses it. */
  async function failOver({ remove, comeBack, works }: FailOver) {
    const former = await findPrimary();
    const removedAt = performance.now();
    await remove();
    const successor = await until(
      'there is another primary',
      async () => {
        const found = await findPrimary();
        return found !== '' && found !== former ? found : null;
      },
      { limit: LIMIT, pause: PAUSE },
    );
    const elected = performance.now() - removedAt;
    await until('the app uses it', works, { limit: LIMIT, pause: PAUSE });
    const used = performance.now() - removedAt;
    await comeBack();
    await untilReplicas(successor);
    return { elected, used };
  }

  async function untilReplicas(primary: string): Promise<void> {
    const count = redis.length - 1;
    const goal = `${count} replicas have what ${primary} has`;
    await until(goal, () => hasReplicas(primary, count), { limit: LIMIT, pause: PAUSE });
  }

  async function haveFoundEachOther(): Promise<boolean> {
    const asked = sentinels.map((address) => ask(address, 26379, 'SENTINEL CKQUORUM primary'));
    const expected = `OK ${sentinels.length} usable`;
    return (await Promise.all(asked)).every((answer) => answer.startsWith(expected));
  }

  async function hasReplicas(primary: string, count: number): Promise<boolean> {
    const info = await ask(primary, 6379, 'INFO replication');
    const inStep = info.match(/state=online,offset=[1-9]/g) ?? [];
    return info.includes('role:master') && inStep.length === count;
  }

  /** The address that the last Sentinel names. */
  async function findPrimary(): Promise<string> {
    const question = 'SENTINEL GET-MASTER-ADDR-BY-NAME primary';
    return (await ask(sentinels.at(-1)!, 26379, question)).split('\n')[0]!;
  }

  /** Resolves to an empty text while there is no answer. */
  async function ask(address: string, port: number, question: string): Promise<string> {
    const words = ['redis-cli', '-h', address, '-p', String(port), ...question.split(' ')];
    return network.ask(words, { REDISCLI_AUTH: password }).catch(() => '');
  }
}

/** The longest time to another primary, in milliseconds, as a file configures it. */
export function timeToFailOver(file: string): number {
  const [, downAfter] = /down-after-milliseconds primary (\d+)/.exec(file)!;
  return Number(downAfter) + ELECTION;
}
