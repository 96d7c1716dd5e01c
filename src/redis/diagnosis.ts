/** Finds out why Redis cannot be used, where the connection itself does not say it. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { type Address, type Connection, formatAddress, type Login } from '../connection.ts';
import { type RedisClient, useOnce } from './client.ts';
import { explain } from './explain.ts';

/** Returns a sentence for people. Never throws. */
export type Diagnose = (error: Error) => Promise<string>;

const PATIENCE = 700; // milliseconds
/** Nodes and Sentinels are asked once in this time at most. */
const PAUSE = 2000; // milliseconds

/** What a port for plain connections, asked for TLS, makes of the handshake, and the reverse. */
const UNSURE =
  /ETIMEDOUT|WRONG_VERSION|PACKET_LENGTH|EPROTO|ECONNRESET|EPIPE|before secure|Unknown RESP type|closed by the server/;

/** The end of a connection may arrive before what the server has said about it. */
const RESET = /ECONNRESET|EPIPE/;

/** For a connection that was closed and reported no error. */
export const CLOSED = new Error('closed by the server');

type Sentinels = Extract<Connection, { kind: 'sentinel' }>;
type Cluster = Extract<Connection, { kind: 'cluster' }>;

export function createDiagnosis(
  connection: Connection,
  tls: ConnectionOptions | undefined,
): Diagnose {
  let asked: { at: number; answer: Promise<string | null> } | null = null;

  return async (error) => {
    switch (connection.kind) {
      case 'standalone':
        return diagnoseServer(connection.node, tls, error);
      case 'replicated':
        return diagnoseServer(connection.primary, tls, error);
      case 'sentinel':
        return (await askRarely(() => askSentinels(connection, tls))) ?? explain(error);
      case 'cluster':
        return (await askRarely(() => askNodes(connection, tls))) ?? explain(error);
    }
  };

  function askRarely(ask: () => Promise<string | null>): Promise<string | null> {
    if (!asked || performance.now() - asked.at >= PAUSE) {
      asked = { at: performance.now(), answer: ask() };
    }
    return asked.answer;
  }
}

async function diagnoseServer(
  address: Address,
  tls: ConnectionOptions | undefined,
  error: Error,
  subject = 'Redis',
): Promise<string> {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!UNSURE.test(`${code}${error.message}`)) return explain(error, subject);
  return (
    (await (tls ? diagnoseTls(address, tls, code, subject) : diagnosePlain(address, subject))) ??
    explain(error, subject)
  );
}

async function diagnosePlain(address: Address, subject: string): Promise<string | null> {
  const [words, isTls] = await Promise.all([askPlainly(address, ''), speaksTls(address)]);
  if (words?.startsWith('-')) return explain(new Error(words.slice(1).trim()), subject);
  return isTls ? expectsTls(subject) : null;
}

async function diagnoseTls(
  address: Address,
  tls: ConnectionOptions,
  code: string,
  subject: string,
): Promise<string | null> {
  if (RESET.test(code)) {
    const refusal = await findRefusal(address, tls);
    return refusal && explain(refusal, subject);
  }
  const words = await askPlainly(address, 'PING\r\n');
  if (!words) return words === '' && code === 'ETIMEDOUT' ? hasNoTls(subject) : null;
  if (/^[+-]/.test(words)) return expectsNoTls(subject);
  return explain(new Error(`Unknown RESP type "${words[0]}"`), subject);
}

function expectsTls(subject: string): string {
  return `${subject} expects TLS at this port, and the binding does not ask for it. Switch it on: cf set-env APP tls_enabled true, cf restart APP`;
}

function expectsNoTls(subject: string): string {
  return `${subject} does not speak TLS at this port: it answers there without TLS. Switch it off: cf set-env APP tls_enabled false, cf restart APP`;
}

function hasNoTls(subject: string): string {
  return `${subject} accepts connections, so no security group forbids them, but it does not answer over TLS. Is it the port for TLS? If not: cf set-env APP tls_enabled false, cf restart APP`;
}

/** Returns null when all is well. */
async function askSentinels(
  connection: Sentinels,
  tls: ConnectionOptions | undefined,
): Promise<string | null> {
  const { sentinels, sentinelLogin, masterName, login } = connection;
  const answers = sentinels.map((address) =>
    askServer(address, sentinelLogin, tls, (redis) => findPrimary(redis, masterName)),
  );
  const { answer, failure } = await first(answers);
  if (failure) return explainSentinel(failure, tls);
  if (typeof answer === 'string') return answer;
  const named = `The Sentinels name ${formatAddress(answer!)} as the primary. `;
  return askServer(answer!, login, tls, (redis) => redis.ping()).then(
    () => null,
    async ({ error }: Failure) => named + (await diagnoseServer(answer!, tls, error)),
  );
}

/** Returns its address, or a sentence when the Sentinel has none. */
async function findPrimary(redis: RedisClient, masterName: string): Promise<Address | string> {
  const found = await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName);
  if (Array.isArray(found)) return { host: String(found[0]), port: Number(found[1]) };
  const masters = (await redis.call('SENTINEL', 'MASTERS')) as string[][];
  const names = masters.map((fields) => `"${fields[fields.indexOf('name') + 1]}"`);
  const known = names.length > 0 ? `they know ${names.join(', ')}` : 'they know none';
  return `The Sentinels know no primary by the name "${masterName}": ${known}. The binding should have the right name in the field "master_name"`;
}

async function explainSentinel(
  { address, error }: Failure,
  tls: ConnectionOptions | undefined,
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
  return `Redis has no Sentinel that answers. ${await diagnoseServer(address, tls, error, sentinel)}`;
}

/** Returns null when all is well. */
async function askNodes(
  { nodes, login }: Cluster,
  tls: ConnectionOptions | undefined,
): Promise<string | null> {
  const answers = nodes.map((address) =>
    askServer(address, login, tls, async (redis) => ({
      state: String(await redis.call('CLUSTER', 'INFO')),
      primaries: listPrimaries(await redis.call('CLUSTER', 'SLOTS'), address),
    })),
  );
  const { answer, failure } = await first(answers);
  if (failure) {
    const node = `The node ${formatAddress(failure.address)}`;
    const isAway = failure.error.name !== 'ReplyError';
    return isAway
      ? `Redis has no cluster node that answers. ${await diagnoseServer(failure.address, tls, failure.error, node)}`
      : explain(failure.error);
  }
  const { state, primaries } = answer!;
  const failures = await Promise.all(
    primaries.map((address) =>
      askServer(address, login, tls, (redis) => redis.ping()).then(
        () => null,
        (each: Failure) => each,
      ),
    ),
  );
  const away = failures.filter((each) => each !== null);
  if (away.length > 0) return explainAnnounced(away);
  const [, served = '0'] = /cluster_slots_ok:(\d+)/.exec(state) ?? [];
  return state.includes('cluster_state:ok')
    ? null
    : `Redis is a Cluster that is down: it serves ${served} of its 16384 slots. The operator should mend it (redis-cli --cluster check)`;
}

/** From CLUSTER SLOTS. A node that does not know its own host leaves it out. */
function listPrimaries(slots: unknown, asked: Address): Address[] {
  const primaries = (slots as [number, number, [string | null, number]][]).map(
    ([, , [host, port]]) => formatAddress({ host: host || asked.host, port }),
  );
  return [...new Set(primaries)].map((text) => {
    const colon = text.lastIndexOf(':');
    return {
      host: text.slice(0, colon).replace(/^\[|\]$/g, ''),
      port: Number(text.slice(colon + 1)),
    };
  });
}

function explainAnnounced(failures: Failure[]): string {
  const addresses = failures.map(({ address }) => formatAddress(address)).join(', ');
  return `Redis is a Cluster that announces addresses which this app cannot reach: ${addresses}. Its nodes should announce others (cluster-announce-ip, cluster-announce-hostname), or a security group forbids these. ${explain(failures[0]!.error, 'The first one')}`;
}

interface Failure {
  address: Address;
  error: Error;
}

/** Rejects with a Failure. */
async function askServer<Answer>(
  node: Address,
  login: Login,
  tls: ConnectionOptions | undefined,
  ask: (redis: RedisClient) => Promise<Answer>,
): Promise<Answer> {
  const connection: Connection = { kind: 'standalone', node, login, database: 0, tls: null };
  try {
    return await useOnce(connection, tls, ask);
  } catch (error) {
    throw { address: node, error } as Failure;
  }
}

/** The first answer, or the first failure when there is no answer. */
async function first<Answer>(
  answers: Promise<Answer>[],
): Promise<{ answer?: Answer; failure?: Failure }> {
  try {
    return { answer: await Promise.any(answers) };
  } catch (error) {
    return { failure: (error as AggregateError).errors[0] as Failure };
  }
}

/** Also true for a server that wants a client certificate. */
function speaksTls({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false });
    settle(socket, () => resolve(false));
    socket.once('secureConnect', () => resolve(true));
  });
}

/** Resolves to the error with which a server ends a connection that asks nothing; null without one. */
function findRefusal({ host, port }: Address, tls: ConnectionOptions): Promise<Error | null> {
  return new Promise((resolve) => {
    const socket = connectTls({ ...tls, host, port });
    socket.once('error', resolve);
    settle(socket, () => resolve(null));
  });
}

/** Resolves to a server's first words; to '' when it says none, to null when it is not reached. */
function askPlainly({ host, port }: Address, question: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port });
    let words: string | null = null;
    settle(socket, () => resolve(words));
    socket.once('connect', () => {
      words = '';
      if (question) socket.write(question);
    });
    socket.once('data', (data) => resolve(data.toString('latin1')));
  });
}

/** Closes the socket after a while, and calls back when it is closed. */
function settle(socket: Socket, onClose: () => void): void {
  socket.on('error', () => {});
  socket.once('close', onClose);
  setTimeout(() => socket.destroy(), PATIENCE);
}
