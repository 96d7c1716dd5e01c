/** Asks the Sentinels which primaries they know, and the primary whether it answers. */
import type { ConnectionOptions } from 'node:tls';
import { type Address, type Connection, formatAddress } from '../../connection.ts';
import type { RedisClient } from '../client.ts';
import { askAll, preferAnswer } from './ask.ts';
import { explainServer } from './server.ts';

/** Returns null when all is well. */
export async function askSentinels(
  connection: Extract<Connection, { kind: 'sentinel' }>,
  tls: ConnectionOptions | undefined,
): Promise<string | null> {
  const { sentinels, sentinelLogin, masterName, login } = connection;
  const replies = await askAll(sentinels, { login: sentinelLogin, tls }, (redis) =>
    findPrimary(redis, masterName),
  );
  const { address, answer, error } = preferAnswer(replies);
  if (error) return explainSentinel(address, tls, error);
  if (typeof answer === 'string') return answer;

  const [primary] = await askAll([answer!], { login, tls }, (redis) => redis.ping());
  if (!primary?.error) return null;
  const sentence = await explainServer(primary.address, tls, primary.error);
  return `The Sentinels name ${formatAddress(primary.address)} as the primary. ${sentence}`;
}

/** Returns its address, or a sentence when the Sentinel has none. */
async function findPrimary(redis: RedisClient, masterName: string): Promise<Address | string> {
  const found = await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName);
  if (Array.isArray(found)) return { host: String(found[0]), port: Number(found[1]) };
  const masters = (await redis.call('SENTINEL', 'MASTERS')) as string[][];
  const names = masters.map((fields) => `"${fields[fields.indexOf('name') + 1]}"`).join(', ');
  return `The Sentinels know no primary by the name "${masterName}": they know ${names || 'none'}. The binding should have the right name in the field "master_name"`;
}

async function explainSentinel(
  address: Address,
  tls: ConnectionOptions | undefined,
  error: Error,
): Promise<string> {
  const sentinel = `The Sentinel ${formatAddress(address)}`;
  if (/WRONGPASS|invalid password/.test(error.message)) {
    return `${sentinel} refuses the password that the binding has for the Sentinels. It should be right in the field "sentinel_password"`;
  }
  if (/NOAUTH/.test(error.message)) {
    return `${sentinel} wants a password, and the binding has none for the Sentinels. It should be in the field "sentinel_password"`;
  }
  if (/unknown command/.test(error.message)) {
    return `${sentinel} is no Sentinel, but a Redis server. The binding should name the Sentinels (their port is 26379 by default)`;
  }
  return `Redis has no Sentinel that answers. ${await explainServer(address, tls, error, sentinel)}`;
}
