/** Asks the nodes of a Cluster whether it serves, and whether the addresses that it announces answer. */
import type { ConnectionOptions } from 'node:tls';
import { type Address, type Connection, formatAddress } from '../../connection.ts';
import type { RedisClient } from '../client.ts';
import { explain } from '../explain.ts';
import { askAll, preferAnswer, type Reply } from './ask.ts';
import { explainServer } from './server.ts';

/** A range of CLUSTER SLOTS: its first and last slot, and its primary. */
type Range = [number, number, [string | null, number]];

/** Returns null when all is well. */
export async function askNodes(
  { nodes, login }: Extract<Connection, { kind: 'cluster' }>,
  tls: ConnectionOptions | undefined,
): Promise<string | null> {
  const { address, answer, error } = preferAnswer(await askAll(nodes, { login, tls }, readState));
  if (error) return explainNode(address, tls, error);

  const { info, ranges } = answer!;
  const replies = await askAll(listPrimaries(ranges, address), { login, tls }, (node) =>
    node.ping(),
  );
  const away = replies.filter((reply) => reply.error && !isReply(reply.error));
  if (away.length > 0) return explainAnnounced(away);
  if (info.includes('cluster_state:ok')) return null;
  const [, served = '0'] = /cluster_slots_ok:(\d+)/.exec(info) ?? [];
  return `Redis is a Cluster that is down: it serves ${served} of its 16384 slots. The operator should mend it (redis-cli --cluster check)`;
}

async function readState(redis: RedisClient) {
  const info = String(await redis.call('CLUSTER', 'INFO'));
  return { info, ranges: (await redis.call('CLUSTER', 'SLOTS')) as Range[] };
}

/** A node that does not know its own host leaves it out. */
function listPrimaries(ranges: Range[], asked: Address): Address[] {
  const all = ranges.map(([, , [host, port]]) => ({ host: host || asked.host, port }));
  return [...new Map(all.map((address) => [formatAddress(address), address])).values()];
}

async function explainNode(
  address: Address,
  tls: ConnectionOptions | undefined,
  error: Error,
): Promise<string> {
  if (isReply(error)) return explain(error);
  const node = `The node ${formatAddress(address)}`;
  return `Redis has no cluster node that answers. ${await explainServer(address, tls, error, node)}`;
}

function explainAnnounced(away: Reply<unknown>[]): string {
  const addresses = away.map(({ address }) => formatAddress(address)).join(', ');
  return `Redis is a Cluster that announces addresses which this app cannot reach: ${addresses}. Its nodes should announce others (cluster-announce-ip, cluster-announce-hostname), unless they are down or a security group forbids these. ${explain(away[0]!.error!, 'The first one')}`;
}

function isReply(error: Error): boolean {
  return error.name === 'ReplyError';
}
