/** The health of Redis, part by part: each node answers for itself, or says why it does not. */
import type { Redis } from 'ioredis';
import { formatAddress } from '../../connection.ts';
import type { BoundRedis } from '../../redis/bound-redis.ts';
import { askAll } from '../../redis/diagnosis/ask.ts';
import { explain } from '../../redis/explain.ts';
import { parseInfo } from '../../redis/info.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { Node, Nodes } from '../nodes.ts';
import { NO_SENTINEL } from '../sentences.ts';
import { advise } from './advice.ts';
import { listCommands } from './command-statistics.ts';
import { readRights } from './rights.ts';
import { listClients, listSlowCommands } from './tables.ts';

const SLOW_COMMANDS = 50;

/** The answer is null where there is a problem. */
interface FromNode<Answer> {
  node: string;
  role: Node['role'];
  primary: string;
  answer: Answer | null;
  problem: string | null;
}

export type Insight = ReturnType<typeof createInsight>;

/** All functions throw only when Redis is away altogether. */
export function createInsight({ connection, tls }: BoundRedis, nodes: Nodes) {
  return { readHealth, readCommands, readSlowLogs, readClients, askSentinels, readRights: rights };

  async function readHealth() {
    const nodes = await askNodes(async (redis) => parseInfo(await redis.info()));
    const infoOf = (address: string) => nodes.find(({ node }) => node === address)?.answer ?? {};
    const advice = advise(
      nodes.map(({ node, primary, answer }) => ({
        info: answer ?? {},
        primary: primary === node ? null : infoOf(primary),
      })),
    );
    return nodes.map((each, i) => ({
      ...each,
      answer: each.answer && { info: each.answer, advice: advice[i]! },
    }));
  }

  function readCommands() {
    return askNodes(async (redis) => {
      // Before Redis 7.0, INFO takes one section only
      const [commands, latencies] = await Promise.all([
        redis.info('commandstats'),
        redis.info('latencystats'),
      ]);
      return listCommands({ ...parseInfo(commands), ...parseInfo(latencies) });
    });
  }

  function readSlowLogs() {
    return askNodes(async (redis) =>
      listSlowCommands((await redis.callBuffer('SLOWLOG', 'GET', SLOW_COMMANDS)) as unknown[]),
    );
  }

  function readClients() {
    return askNodes(async (redis) => listClients(String(await redis.call('CLIENT', 'LIST'))));
  }

  function rights() {
    return askNodes(readRights);
  }

  /** Returns what each Sentinel knows of the primary; a sentence where no Sentinel is bound. */
  async function askSentinels() {
    if (connection.kind !== 'sentinel') return { problem: NO_SENTINEL, sentinels: [] };
    const { sentinels, sentinelLogin: login, masterName } = connection;
    const replies = await askAll(sentinels, { login, tls }, (redis) =>
      askSentinel(redis, masterName),
    );
    const shown = replies.map(({ address, answer, error }) => ({
      sentinel: formatAddress(address),
      answer: answer ?? null,
      problem: error ? explain(error, 'The Sentinel') : null,
    }));
    return { problem: null, sentinels: shown };
  }

  async function askNodes<Answer>(ask: (redis: Redis) => Promise<Answer>) {
    return Promise.all((await nodes.list()).map((node) => askNode(node, ask)));
  }

  async function askNode<Answer>(
    node: Node,
    ask: (redis: Redis) => Promise<Answer>,
  ): Promise<FromNode<Answer>> {
    const { address, role, primary } = node;
    try {
      const answer = await nodes.use(node, ask);
      return { node: address, role, primary, answer, problem: null };
    } catch (error) {
      return { node: address, role, primary, answer: null, problem: sayWhy(error as Error) };
    }
  }
}

/** Answers for the operator are sentences already. */
function sayWhy(error: Error): string {
  return 'expose' in error ? error.message : explain(error);
}

async function askSentinel(redis: RedisClient, masterName: string) {
  const ask = (...words: [string, ...string[]]) => redis.call('SENTINEL', ...words);
  const [master, replicas, sentinels] = await Promise.all([
    ask('MASTER', masterName) as Promise<string[]>,
    ask('REPLICAS', masterName) as Promise<string[][]>,
    ask('SENTINELS', masterName) as Promise<string[][]>,
  ]);
  const quorum = await ask('CKQUORUM', masterName).catch((error: Error) => error.message);
  return {
    master: toFields(master),
    replicas: replicas.map(toFields),
    sentinels: sentinels.map(toFields),
    quorum: String(quorum),
  };
}

/** Sentinels answer name, value, name, value … */
function toFields(list: string[]): Record<string, string> {
  const names = list.filter((_, i) => i % 2 === 0);
  return Object.fromEntries(names.map((name, i) => [name, list[2 * i + 1]!]));
}
