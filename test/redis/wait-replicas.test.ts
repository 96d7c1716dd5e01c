/** How writes wait for replicas: at which servers, and with how many WAITs. */
import { Cluster } from 'ioredis';
import type { RedisClient } from '../../src/redis/client.ts';
import { createConfirm, Unconfirmed } from '../../src/redis/wait-replicas.ts';

const turn = () => new Promise(setImmediate);

/** A server whose WAITs the test answers. */
function createServer() {
  const answers: ((count: number) => void)[] = [];
  const wait = jest.fn(
    (_replicas: number, _limit: number) => new Promise<number>((resolve) => answers.push(resolve)),
  );
  const client = { wait, stream: {}, options: { host: 'h', port: 1 } } as unknown as RedisClient;
  /** Answers the oldest WAIT. */
  const answer = async (count: number) => {
    answers.shift()!(count);
    await turn();
  };
  return { client, wait, answer };
}

describe('a write', () => {
  it('is confirmed when as many replicas have it as are asked for', async () => {
    const { client, wait, answer } = createServer();
    const written = createConfirm(client, 2)('foo');
    await turn();
    await answer(2);
    await written;
    expect(wait.mock.calls).toEqual([[2, 150]]);
  });

  it('is answered 503 when fewer have it, for another attempt in a second', async () => {
    const { client, answer } = createServer();
    const written = createConfirm(client, 2)('foo');
    const refused = expect(written).rejects.toMatchObject({
      status: 503,
      expose: true,
      headers: { 'Retry-After': '1' },
      message: expect.stringMatching(/^the write is in Redis, but fewer than 2 replicas have/),
    });
    await turn();
    await answer(1);
    await refused;
  });

  it('is not confirmed when nothing can be asked', async () => {
    const disconnected = { stream: null } as unknown as RedisClient;
    await expect(createConfirm(disconnected, 1)()).rejects.toThrow(Unconfirmed);
    const cluster = new Cluster([{ port: 1 }], { lazyConnect: true });
    await expect(createConfirm(cluster, 1)('foo')).rejects.toThrow(Unconfirmed);
  });
});

describe('writes at the same time', () => {
  it('have one WAIT if they are for one server, whatever their keys', async () => {
    const { client, wait, answer } = createServer();
    const written = createConfirm(client, 1)('foo', 'bar');
    await turn();
    await answer(1);
    expect(wait).toHaveBeenCalledTimes(1);
    await written;
  });

  it('share the WAIT after the one that is under way, which may not count them', async () => {
    const { client, wait, answer } = createServer();
    const confirm = createConfirm(client, 1);
    const first = confirm('a');
    await turn();
    const second = Promise.all([confirm('b'), confirm('c')]);
    await turn();
    expect(wait).toHaveBeenCalledTimes(1);
    await answer(1);
    await first;
    expect(wait).toHaveBeenCalledTimes(2);

    const third = confirm('d');
    await turn();
    expect(wait).toHaveBeenCalledTimes(2);
    await answer(1);
    await second;
    expect(wait).toHaveBeenCalledTimes(3);
    await answer(1);
    await third;

    const fourth = confirm('e');
    await turn();
    expect(wait).toHaveBeenCalledTimes(4);
    await answer(1);
    await fourth;
  });
});

describe('a write to a Cluster', () => {
  it.each(['127.0.0.1', '::1'])('waits at the node of its slot, at %s', async (host) => {
    const cluster = new Cluster([{ host, port: 7000 }], { lazyConnect: true });
    const wait = jest.fn(async () => 1);
    cluster.slots = Array.from({ length: 16_384 }, () => [`${host}:7000`]);
    const nodes = [{ options: { host, port: 7000 }, wait }];
    jest.spyOn(cluster, 'nodes').mockReturnValue(nodes as never);

    await createConfirm(cluster, 1)('foo');

    expect(wait).toHaveBeenCalledTimes(1);
  });
});
