/** What the app makes of the events of its connection: when Redis is away, and why. */
import { EventEmitter } from 'node:events';
import { watchAvailability } from '../../src/redis/availability.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { CLOSED } from '../../src/redis/explain.ts';

const REFUSED = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const RESET = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
const NOT_CONNECTED = new Error("Stream isn't writeable and enableOfflineQueue options is false");
const LOADING = Object.assign(new Error('LOADING Redis is loading'), { name: 'ReplyError' });

const turn = () => new Promise(setImmediate);

/** A client whose events the test emits; Redis answers its PING. */
function watch() {
  const client = Object.assign(new EventEmitter(), {
    status: 'ready',
    ping: jest.fn(async () => 'PONG'),
  });
  const said: (string | null)[] = [];
  const diagnose = jest.fn(async ({ message }: Error) => message);
  const onAvailable = jest.fn();
  const watched = watchAvailability(client as unknown as RedisClient, {
    login: { username: null, password: null },
    diagnose,
    say: (problem) => said.push(problem),
    onAvailable,
  });
  return { client, said, diagnose, onAvailable, ...watched };
}

async function watchAvailable() {
  const watched = watch();
  watched.client.emit('ready');
  await turn();
  return watched;
}

describe('Redis', () => {
  it('is available when it answers PING, and the app hears of it each time', async () => {
    const { client, availability, onAvailable } = await watchAvailable();
    expect(availability).toMatchObject({ isAvailable: true, problem: null });
    client.emit('ready');
    await turn();
    expect(onAvailable).toHaveBeenCalledTimes(2);
  });

  it('is known to be away when the first attempt has failed, with what the diagnosis says', async () => {
    const { client, availability, known, said } = watch();
    expect(availability.problem).toBe('Redis is being connected');
    client.emit('error', REFUSED);
    await known;
    expect(availability).toMatchObject({ isAvailable: false, problem: REFUSED.message });
    expect(said).toEqual([REFUSED.message]);
  });

  it('is away for the first reason of each connection', async () => {
    const { client, diagnose } = watch();
    client.emit('error', REFUSED);
    await turn();
    client.emit('error', RESET);
    await turn();
    client.emit('connecting');
    client.emit('error', RESET);
    await turn();
    expect(diagnose.mock.calls).toEqual([[REFUSED], [REFUSED], [RESET]]);
  });

  it('is explained at once when it goes away, and better when the diagnosis is there', async () => {
    const { client, availability } = await watchAvailable();
    client.emit('error', REFUSED);
    expect(availability.isAvailable).toBe(true);
    client.status = 'reconnecting';
    client.emit('close');
    expect(availability.isAvailable).toBe(false);
    expect(availability.problem).toMatch(/^Redis refuses connections/);
    await turn();
    expect(availability.problem).toBe(REFUSED.message);
  });

  it('is not said to be away by a diagnosis that comes when it is back', async () => {
    const { client, availability, said, diagnose } = watch();
    let finish = (_sentence: string) => {};
    diagnose.mockReturnValue(new Promise<string>((resolve) => (finish = resolve)));
    client.emit('error', REFUSED);
    client.emit('ready');
    await turn();
    finish('late');
    await turn();
    expect(availability).toMatchObject({ isAvailable: true, problem: null });
    expect(said).toEqual([]);
  });

  it('is not away when the app itself ends the connection, but when the server does', async () => {
    const { client, availability, diagnose } = await watchAvailable();
    client.status = 'end';
    client.emit('close');
    expect(availability.isAvailable).toBe(true);
    client.status = 'reconnecting';
    client.emit('close');
    expect(availability.isAvailable).toBe(false);
    expect(diagnose).toHaveBeenCalledWith(CLOSED);
  });

  it('that loads its data is asked again every half second, until it is available', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const { client, availability } = watch();
      client.ping.mockRejectedValueOnce(LOADING);
      client.emit('ready');
      await turn();
      expect(availability).toMatchObject({ isAvailable: false, problem: LOADING.message });
      await jest.advanceTimersByTimeAsync(499);
      expect(client.ping).toHaveBeenCalledTimes(1);
      await jest.advanceTimersByTimeAsync(1);
      expect(availability).toMatchObject({ isAvailable: true, problem: null });
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('the PING of a new connection', () => {
  const refusal = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

  it.each([
    'NOAUTH Authentication required.',
    'LOADING Redis is loading the dataset in memory',
    'MASTERDOWN Link with MASTER is down',
    'DENIED Redis is running in protected mode',
    'ERR max number of clients reached',
  ])('says that Redis is away when it refuses all commands: %s', async (message) => {
    const { client, availability } = watch();
    client.ping.mockRejectedValueOnce(refusal(message));
    client.emit('ready');
    await turn();
    expect(availability).toMatchObject({ isAvailable: false, problem: message });
  });

  it('says that Redis is there when no more than PING is refused', async () => {
    const { client, availability } = watch();
    client.ping.mockRejectedValueOnce(refusal("ERR unknown command 'PING'"));
    client.emit('ready');
    await turn();
    expect(availability.isAvailable).toBe(true);
  });

  it('says nothing when the connection closes before the answer', async () => {
    const { client, availability, said } = watch();
    client.ping.mockRejectedValueOnce(NOT_CONNECTED);
    client.emit('ready');
    await turn();
    expect(availability.isAvailable).toBe(false);
    expect(said).toEqual([]);
  });

  it('is not sent again for a connection that has been lost, or is another by now', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const { client } = watch();
      client.ping.mockRejectedValue(LOADING);
      client.emit('ready');
      await turn();
      client.status = 'reconnecting';
      await jest.advanceTimersByTimeAsync(1000);
      expect(client.ping).toHaveBeenCalledTimes(1);

      client.status = 'ready';
      for (const times of [2, 3]) {
        client.emit('ready');
        await turn();
        expect(client.ping).toHaveBeenCalledTimes(times);
      }
      await jest.advanceTimersByTimeAsync(500);
      expect(client.ping).toHaveBeenCalledTimes(4);
    } finally {
      jest.useRealTimers();
    }
  });

  it('ends what was wrong before: a connection that closes later has its own reason', async () => {
    const { client, diagnose } = watch();
    client.ping.mockRejectedValueOnce(LOADING);
    client.emit('ready');
    await turn();
    client.emit('ready');
    await turn();
    client.status = 'reconnecting';
    client.emit('close');
    await turn();
    expect(diagnose.mock.calls).toEqual([[LOADING], [CLOSED]]);
  });
});

describe('a diagnosis', () => {
  it('is made of one error at a time, and stays until there is another', async () => {
    const { client, availability, diagnose } = watch();
    client.emit('error', REFUSED);
    client.emit('error', RESET);
    expect(diagnose.mock.calls).toEqual([[REFUSED]]);
    await turn();
    expect(availability.problem).toBe(REFUSED.message);

    client.emit('connecting');
    client.emit('error', RESET);
    expect(availability.problem).toBe(REFUSED.message);
    await turn();
    expect(availability.problem).toBe(RESET.message);
  });
});

describe('a command that fails is explained', () => {
  it('by the state of the connection while Redis is away', async () => {
    const { client, availability } = watch();
    client.emit('error', REFUSED);
    await turn();
    expect(availability.explain(LOADING)).toBe(REFUSED.message);
  });

  it('by its own error while Redis is available', async () => {
    const { availability } = await watchAvailable();
    expect(availability.explain(LOADING)).toMatch(/^Redis is still loading its data/);
    expect(availability.explain(NOT_CONNECTED)).toMatch(/^Redis closes the connection without/);
  });

  it('by what the connection has reported, where the command only finds it closed', async () => {
    const { client, availability } = await watchAvailable();
    client.emit('error', REFUSED);
    expect(availability.explain(NOT_CONNECTED)).toMatch(/^Redis refuses connections/);
  });

  it('by the trouble of a node of a Cluster, until the Cluster is connected anew', async () => {
    const { client, availability } = await watchAvailable();
    client.emit('node error', REFUSED, 'h:1');
    client.emit('node error', NOT_CONNECTED, 'h:2');
    expect(availability.explain(NOT_CONNECTED)).toMatch(/^The node h:1 refuses connections/);
    client.emit('ready');
    await turn();
    expect(availability.explain(NOT_CONNECTED)).toMatch(/^Redis closes the connection without/);
  });
});
