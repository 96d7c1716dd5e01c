/** Keys and values as the operator reads them, on one server. */
import { Cluster, type Redis } from 'ioredis';
import { createBrowse } from '../../src/operator/browse.ts';
import { readFacts } from '../../src/operator/key-facts.ts';
import { createNodes, type Node } from '../../src/operator/nodes.ts';
import type { Connection } from '../../src/connection.ts';
import type { BoundRedis } from '../../src/redis/bound-redis.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import {
  fill,
  type Operator,
  OPERATOR_PASSWORD,
  signInOperator,
  startForOperator,
} from '../support/operator.ts';
import { connectAsUser } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { signUp } from '../support/user.ts';

let redis: Redis;
let app: App;
let operator: Operator;
beforeAll(async () => {
  ({ redis, app, operator } = await startForOperator());
});
beforeEach(async () => {
  const keys = (await redis.keysBuffer('*')).filter((key) => !key.toString().startsWith('_app:'));
  if (keys.length > 0) await redis.del(...keys);
});

const get = async (path: string) => (await operator.get(`/operator/${path}`).expect(200)).body;

/** Reads all pages. */
async function getAll(path: string) {
  const pages: any[] = [];
  for (let cursor = ''; pages.length === 0 || cursor; cursor = pages.at(-1).cursor ?? '') {
    pages.push(await get(`${path}&cursor=${encodeURIComponent(cursor)}`));
  }
  return pages;
}

describe('keys', () => {
  it('come in pages, each once, with what a list shows of them', async () => {
    await fill(redis, 400, 'user:');
    await redis.set('short', 'lived', 'EX', 100);
    const pages = await getAll('keys?match=');
    const keys = pages.flatMap((page) => page.keys);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(401);
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.at(-1).cursor).toBeNull();
    const short = keys.find(({ key }) => key === 'short');
    expect(short).toMatchObject({ type: 'string', ttl: 100, length: 5, role: 'primary' });
    expect(short.path).toBe('/operator/keys/short');
    expect(short.memory).toBeGreaterThan(5);
  });

  it('are filtered by pattern and type, and a page examines 2,000 keys at most', async () => {
    await fill(redis, 5000, 'user:');
    await redis.lpush('needle:list', 'a');
    await redis.set('needle:text', 'a');
    const pages = await getAll('keys?match=needle:*&type=list');
    expect(pages.flatMap(({ keys }) => keys).map(({ key }) => key)).toEqual(['needle:list']);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages[0].examined).toBeLessThanOrEqual(2000);
    expect(pages[0].of).toBeGreaterThan(5000);
    expect((await get('tree')).sample).toBe(true);
  });

  it.each([
    ['user:?', 10],
    ['user:[78]', 2],
    ['user:\\7', 1],
    ['*:7', 1],
  ])('are found by the pattern %s', async (match, count) => {
    await fill(redis, 20, 'user:');
    const { keys, examined, of } = await get(`keys?match=${encodeURIComponent(match)}`);
    expect(keys).toHaveLength(count);
    expect(examined).toBe(of);
  });

  it('are looked up without a search when the pattern is a name', async () => {
    await fill(redis, 10, 'user:');
    const asked = await countCommands(redis, async () => {
      const { keys } = await get('keys?match=user:7');
      expect(keys).toMatchObject([{ key: 'user:7', length: 1 }]);
      expect((await get('keys?match=absent')).keys).toEqual([]);
    });
    expect(asked).not.toHaveProperty('scan');
  });

  it('that are looked up have the type that is asked for', async () => {
    await redis.set('text', 'x');
    expect((await get('keys?match=text&type=string')).keys).toHaveLength(1);
    expect((await get('keys?match=text&type=list')).keys).toEqual([]);
    expect((await get('keys?match=text&type=list&type=string')).keys).toHaveLength(1);
  });

  it("of the app's own appear by kind and number only", async () => {
    await signUp(app, 'alice');
    await redis.set('mine', '1');
    const pages = await getAll('keys?match=');
    expect(pages.flatMap(({ keys }) => keys).map(({ key }) => key)).toEqual(['mine']);
    expect(pages[0].own).toMatchObject({ accounts: 1, sessions: 2, instances: 1 });
    expect((await get('keys?match=_app:a:alice')).keys).toEqual([]);
    await operator.get('/operator/keys/_app:a:alice').expect(403, /^keys of the app's own/);
    await operator.get('/operator/keys/%5fapp%3aa%3aalice').expect(403);
    expect((await get('tree')).branches.map(({ prefix }: any) => prefix)).toEqual(['mine']);
  });

  it("of the app's own are counted in all steps of a page", async () => {
    await fill(redis, 200, '_app:probe:');
    const pages = await getAll('keys?match=_app:probe:*');
    const counts = pages.map(({ own }) => own.probes ?? 0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(200);
    expect(pages.length).toBeLessThan(3);
    await redis.del(...(await redis.keys('_app:probe:*')));
  });

  it('of any bytes have a path that leads to them', async () => {
    const names = [Buffer.from([0xff, 0, 0xfe]), Buffer.from('a/b?c#d%e f+g.h'), Buffer.from('ü')];
    for (const name of names) await redis.set(name, 'found');
    const { keys } = await get('keys');
    expect(keys.map(({ key }: any) => key).sort()).toEqual([
      { hex: 'ff00fe' },
      'a/b?c#d%e f+g.h',
      'ü',
    ]);
    for (const { path, key } of keys) {
      expect((await operator.get(path).expect(200)).body).toMatchObject({ key, value: 'found' });
    }
  });

  it('of another server than the cursor says are refused', async () => {
    for (const cursor of ['192.0.2.1:6379~5', 'x', '~', '127.0.0.1:1~0']) {
      await operator
        .get('/operator/keys')
        .query({ cursor })
        .expect(400, /^the cursor leads nowhere/);
    }
  });

  it.each(['', 'x', '5x', '9'.repeat(21)])(
    'from a cursor that is none are refused: ~%s',
    async (tail) => {
      const from = (place: string) =>
        operator
          .get('/operator/keys')
          .query({ cursor: `127.0.0.1:${redis.options.port}~${place}` });
      await from('5').expect(200);
      await from(tail).expect(400, /^the cursor leads/);
    },
  );

  it('are a tree by their prefixes', async () => {
    await fill(redis, 20, 'user:');
    await fill(redis, 5, 'user:7:order:');
    await redis.set('alone', '1');
    const { branches, sample } = await get('tree');
    expect(sample).toBe(false);
    expect(branches).toMatchObject([
      { prefix: 'user:', keys: 25, path: null },
      { prefix: 'alone', keys: 1, path: '/operator/keys/alone' },
    ]);
    expect(branches[0].memory).toBeGreaterThan(25 * 40);
    const below = await get('tree?prefix=user:7:');
    expect(below.branches).toMatchObject([{ prefix: 'user:7:order:', keys: 5 }]);
  });

  it('are a tree by prefixes that look like patterns, too', async () => {
    await redis.mset('a*[b]:1', 'x', 'a-b:1', 'x', 'a*b:1', 'x');
    const { branches } = await get(`tree?prefix=${encodeURIComponent('a*[b]:')}`);
    expect(branches).toMatchObject([{ prefix: 'a*[b]:1', keys: 1 }]);
  });

  it('are a tree below a prefix with each sign of patterns', async () => {
    await redis.mset('a?\\:1', 'x', 'ab\\:1', 'x', 'a?:1', 'x');
    const { branches } = await get(`tree?prefix=${encodeURIComponent('a?\\:')}`);
    expect(branches).toMatchObject([{ prefix: 'a?\\:1', keys: 1 }]);
  });

  it('are a tree of as many as a page may look at, not of fifty', async () => {
    await fill(redis, 1500, 'user:');
    const { branches, sample } = await inNoTime(() => get('tree'));
    expect(branches).toMatchObject([{ prefix: 'user:', keys: 1500 }]);
    expect(sample).toBe(false);
  });

  it('count a key with the name of something in JavaScript as any other', async () => {
    await redis.set('constructor', '1');
    const { branches } = await get('tree?prefix=constr');
    expect(branches).toMatchObject([
      { prefix: 'constructor', keys: 1, path: '/operator/keys/constructor' },
    ]);
    expect(branches[0].memory).toBeGreaterThan(40);
  });
});

/** Stops the clock meanwhile: no page ends because its time is over. */
async function inNoTime<Result>(action: () => Promise<Result>): Promise<Result> {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(1);
  try {
    return await action();
  } finally {
    clock.mockRestore();
  }
}

describe('a page', () => {
  const ALL = { match: null, type: null };
  const nameNode = async (_redis: unknown, _keys: unknown, node: Node) => [node.address];

  /** Each of these nodes is the same server. */
  async function browse(...names: [string, Node['role'], string][]) {
    const nodes = createNodes(app.redis!);
    const [first] = await nodes.list();
    const all = names.map(([address, role, primary]) => ({ ...first!, address, role, primary }));
    const replica = all.find(({ role }) => role === 'replica') ?? all[0]!;
    const useReplica: typeof nodes.useReplica = (_primary, ask) => nodes.use(replica, ask);
    return createBrowse(app.redis!, { ...nodes, list: async () => all, useReplica });
  }

  it('takes 50 ms at most', async () => {
    await fill(redis, 1000, 'user:');
    const { readPage } = await browse(['one', 'primary', 'one']);
    let time = 0;
    let steps = 0;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => time);
    const read = async () => {
      steps++;
      time += 20;
      return [];
    };
    const filter = { match: 'user:*', type: null };
    const { cursor } = await readPage({ filter, cursor: null, at: 'primary', read });
    clock.mockRestore();
    expect(steps).toBe(3);
    expect(cursor).toMatch(/^one~[1-9]/);
  });

  it('has items of several primaries, as many as it may have in all', async () => {
    await fill(redis, 30, 'user:');
    const { readPage } = await browse(
      ['one', 'primary', 'one'],
      ['two', 'primary', 'two'],
      ['three', 'primary', 'three'],
    );
    const read = async (_redis: unknown, _keys: unknown, { address }: Node) =>
      Array.from({ length: 30 }, () => address);
    const settings = { filter: ALL, at: 'primary', read, step: 10_000 } as const;
    const page = await inNoTime(() => readPage({ ...settings, cursor: null }));
    expect(page.items).toHaveLength(60);
    expect(page.cursor).toBe('three~0');
    const last = await inNoTime(() => readPage({ ...settings, cursor: page.cursor }));
    expect(last).toMatchObject({ items: Array.from({ length: 30 }, () => 'three'), cursor: null });
    const rest = await inNoTime(() => readPage({ ...settings, cursor: 'two~5' }));
    expect(new Set(rest.items)).toEqual(new Set(['two', 'three']));
  });

  it('goes on at the node that has given its cursor, or begins at a replica', async () => {
    const { readPage } = await browse(['one', 'primary', 'one'], ['copy', 'replica', 'one']);
    const readFrom = async (cursor: string | null) =>
      (await readPage({ filter: ALL, cursor, at: 'replica', read: nameNode, size: 1 })).items;
    expect(await readFrom(null)).toEqual(['copy']);
    expect(await readFrom('one~0')).toEqual(['copy']);
    expect(await readFrom('one~5')).toEqual(['one']);
    expect(await readFrom('copy~5')).toEqual(['copy']);
  });

  it('says how many keys its database has', async () => {
    await redis.multi().select(3).set('other', 'x').select(0).exec();
    const connection = { ...app.redis!.connection, database: 3 };
    const { count } = createBrowse({ ...app.redis!, connection }, createNodes(app.redis!));
    expect(await count()).toBe(1);
  });

  it('does without that number where Redis forbids INFO', async () => {
    const few = await connectAsUser(redis, '~*', '+@all', '-info');
    await few.ping();
    const { readPage } = createBrowse({ ...app.redis!, client: few }, createNodes(app.redis!));
    const page = await readPage({ filter: ALL, cursor: null, at: 'primary', read: nameNode });
    expect(page.of).toBeNull();
    expect(page.examined).toBeGreaterThan(0);
  });

  it('is read by two requests at a time', async () => {
    const { list, use, useLong } = createNodes(app.redis!);
    const [node] = await list();
    let entered = 0;
    const gate = new AbortController();
    const opened = new Promise((resolve) => gate.signal.addEventListener('abort', resolve));
    const requests = [1, 2, 3].map(() =>
      use(node!, async () => {
        entered++;
        await opened;
      }),
    );
    await until('two of them', () => entered >= 2);
    await useLong(node!, (at) => at.ping());
    expect(entered).toBe(2);
    gate.abort();
    await Promise.all(requests);
    expect(entered).toBe(3);
  });
});

describe('a replica that fails', () => {
  /** Asks a replica, which is the same server; returns who was asked. */
  async function askReplica(ask: (redis: Redis) => Promise<unknown>) {
    const { login, database, tls } = app.redis!.connection;
    const address = { host: '127.0.0.1', port: redis.options.port! };
    const own = { primary: address, reader: address, login, database, tls };
    const connection: Connection = { kind: 'replicated', ...own };
    const { list, useReplica } = createNodes({ ...app.redis!, connection });
    const [primary] = await list();
    const asked: string[] = [];
    const answer = useReplica(primary!, (at, { role }) => {
      asked.push(role);
      return ask(at);
    });
    await answer.catch((error: Error) => asked.push(error.message));
    return asked;
  }

  it('leaves it to its primary', async () => {
    const failure = () => Promise.reject(new Error('Connection is closed'));
    expect(await askReplica(failure)).toEqual(['replica', 'primary', 'Connection is closed']);
  });

  it('leaves nothing to it that is too much for this instance', async () => {
    await redis.set('big', Buffer.alloc(5_000_000));
    const tooMuch = 'Redis would answer more than 4 MB: too much to show';
    expect(await askReplica((at) => at.get('big'))).toEqual(['replica', tooMuch]);
  });
});

describe('the nodes of a Cluster', () => {
  const login = { username: null, password: 'secret' };
  const cluster = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
  cluster.slots[1] = ['fd00::2:7000', 'fd00::3:7000', '10.0.0.3:7000'];
  cluster.slots[2] = ['fd00::2:7000', 'fd00::3:7000', '10.0.0.3:7000'];
  cluster.slots[4] = ['10.0.0.1:7000'];
  const connection = { kind: 'cluster', nodes: [], login, database: 0, tls: null } as const;
  const { list, nameOwner, slotOf } = createNodes({
    client: cluster,
    connection,
    tls: undefined,
  } as unknown as BoundRedis);

  it('are each primary by its name, and its replicas behind it', async () => {
    const nodes = (await list()).map(({ address, role, primary }) => [address, role, primary]);
    expect(nodes).toEqual([
      ['10.0.0.1:7000', 'primary', '10.0.0.1:7000'],
      ['[fd00::2]:7000', 'primary', '[fd00::2]:7000'],
      ['[fd00::3]:7000', 'replica', '[fd00::2]:7000'],
      ['10.0.0.3:7000', 'replica', '[fd00::2]:7000'],
    ]);
  });

  it('are reached as the binding says', async () => {
    const [, node] = await list();
    const address = { host: 'fd00::2', port: 7000 };
    const expected = { kind: 'standalone', node: address, login, database: 0 };
    expect(node!.connection).toMatchObject(expected);
  });

  it('have the keys of their slots, and none those of a slot that is not served', () => {
    const key = Buffer.from('foo');
    expect(slotOf(key)).toBe(12182);
    expect(nameOwner(key)).toBeNull();
    cluster.slots[12182] = ['fd00::2:7000'];
    expect(nameOwner(key)).toBe('[fd00::2]:7000');
  });
});

describe('what a list shows of a key', () => {
  const keys = [Buffer.from('racing'), Buffer.from('other')];
  const parts = { lacks: new Set<string>(), slotOf: () => null };

  /** The second time, Redis answers so for the first key: it has changed meanwhile. */
  function answerOnce(message: string): Redis {
    let times = 0;
    const racing = redis.duplicate();
    const pipeline = racing.pipeline.bind(racing);
    jest.spyOn(racing, 'pipeline').mockImplementation(() => {
      const commands = pipeline();
      const exec = commands.exec.bind(commands);
      if (++times === 2)
        commands.exec = async () => [[new Error(message), null], ...(await exec())!.slice(1)];
      return commands;
    });
    return racing;
  }

  beforeEach(() => redis.mset('racing', 'x', 'other', 'xy'));

  it.each(['WRONGTYPE Operation against a key', 'MOVED 7 10.0.0.1:6379', 'ASK 7 10.0.0.1:6379'])(
    'lacks the length of a key that has become another or moves: %s',
    async (message) => {
      const racing = answerOnce(message);
      const facts = await readFacts(racing, keys, parts);
      expect(facts.map(({ length }) => length)).toEqual([null, 2]);
      await racing.quit();
    },
  );

  it('is not shown where Redis fails', async () => {
    const racing = answerOnce('LOADING Redis is loading the dataset in memory');
    await expect(readFacts(racing, keys, parts)).rejects.toThrow(/^LOADING/);
    await racing.quit();
  });
});

describe('where the replica does not answer', () => {
  it('keys are read at the primary, and say so', async () => {
    await redis.set('k', 'v');
    const { host, port } = redis.options;
    const env = bound({ host, port, reader_endpoint: '127.0.0.1:1' });
    const other = await signInOperator(await startApp({ ...env, OPERATOR_PASSWORD }));
    const ask = async (path: string) => (await other.get(`/operator/${path}`).expect(200)).body;

    expect((await ask('keys?match=k*')).keys).toMatchObject([{ key: 'k', role: 'primary' }]);
    expect(await ask('keys/k?at=replica')).toMatchObject({ value: 'v', role: 'primary' });
    expect(await ask('keys/k/copies')).toMatchObject([
      { role: 'primary', value: 'v' },
      { role: 'replica', node: '127.0.0.1:1', problem: expect.stringMatching(/refused|closed/i) },
    ]);
    expect(await ask('redis')).toMatchObject([
      { role: 'primary', problem: null },
      { role: 'replica', answer: null, problem: expect.stringMatching(/^Redis/) },
    ]);
  });
});

describe('a value', () => {
  /** Reads all pages of a value. */
  async function readAll(key: string) {
    const pages: any[] = [];
    for (let next = ''; pages.length === 0 || next; next = pages.at(-1).next ?? '') {
      pages.push(await get(`keys/${key}?cursor=${next}`));
    }
    return pages;
  }
  const numbers = Array.from({ length: 250 }, (_, i) => String(i));
  const add: Record<string, (number: string) => Promise<unknown>> = {
    list: (number) => redis.rpush('list', number),
    zset: (number) => redis.zadd('zset', Number(number), number),
    stream: (number) => redis.xadd('stream', `${Number(number) + 1}-0`, 'n', number),
  };

  it('that is a string comes in parts of 64 KB, which do not cut characters', async () => {
    const text = 'ä€😀'.repeat(20_000);
    await redis.set('text', text);
    const pages = await readAll('text');
    expect(pages).toHaveLength(3);
    expect(pages.map(({ value }) => value).join('')).toBe(text);
    expect(pages[0]).toMatchObject({ type: 'string', length: Buffer.byteLength(text) });
  });

  it('that is a string of 64 KB is one part', async () => {
    await redis.set('text', 'x'.repeat(64 * 1024));
    expect((await get('keys/text')).next).toBeNull();
    await redis.append('text', 'x');
    expect((await get('keys/text')).next).toBe(String(64 * 1024));
  });

  it.each(['list', 'zset', 'stream'])('that is a %s of 100 elements is one page', async (type) => {
    for (const n of numbers.slice(0, 100)) await add[type]!(n);
    expect(await get(`keys/${type}`)).toMatchObject({ length: 100, next: null });
    await add[type]!('100');
    const { elements, next } = await get(`keys/${type}`);
    expect([elements.length, next]).toEqual([100, type === 'stream' ? '1-0' : '100']);
  });

  it('of any type begins anew at a cursor that is none', async () => {
    await redis.set('string', 'abc');
    await redis.rpush('list', 'a', 'b', 'c');
    await redis.hset('hash', { f: '1' });
    await redis.sadd('set', 'a');
    await redis.zadd('zset', 1, 'a', 2, 'b');
    await redis.xadd('stream', '1-0', 'f', 'v');
    for (const type of ['string', 'list', 'hash', 'set', 'zset', 'stream']) {
      const { value, elements } = await get(`keys/${type}`);
      for (const cursor of ['x', '-1', '1.5', 'x5', '5x', 'x5-0', '5-0x', '9'.repeat(21)])
        expect(await get(`keys/${type}?cursor=${cursor}`)).toMatchObject(
          value === undefined ? { elements } : { value },
        );
    }
  });

  it('that is not UTF-8 comes in hexadecimal', async () => {
    await redis.set('bytes', Buffer.from([0xff, 0]));
    expect((await get('keys/bytes')).value).toEqual({ hex: 'ff00' });
  });

  it('that is a list comes by a hundred elements, also from the middle', async () => {
    await redis.rpush('list', ...numbers);
    const pages = await readAll('list');
    expect(pages).toHaveLength(3);
    const elements = pages.flatMap((page) => page.elements);
    expect(elements.map(({ value }) => value)).toEqual(numbers);
    expect(elements[249]).toEqual({ index: 249, value: '249' });
  });

  it('that is a hash comes by HSCAN', async () => {
    const fields = Object.fromEntries(numbers.map((n) => [n, 'x'.repeat(100)]));
    await redis.hset('hash', fields);
    const asked = await countCommands(redis, async () => {
      const elements = (await readAll('hash')).flatMap((page) => page.elements);
      const found = elements.map(({ field, value }) => [field, value]);
      expect(Object.fromEntries(found)).toEqual(fields);
    });
    expect(asked).not.toHaveProperty('hgetall');
  });

  it('that is a set comes by SSCAN', async () => {
    await redis.sadd('set', ...numbers.map((n) => `member-${n}`));
    const elements = (await readAll('set')).flatMap((page) => page.elements);
    expect(new Set(elements.map(({ value }) => value)).size).toBe(250);
  });

  it('that is a sorted set comes by score', async () => {
    for (const n of numbers) await redis.zadd('zset', -Number(n), n);
    const elements = (await readAll('zset')).flatMap((page) => page.elements);
    expect(elements.map(({ value }) => value)).toEqual(numbers.toReversed());
    expect(elements[0]).toEqual({ value: '249', score: '-249' });
  });

  it('that is a stream comes with the latest entries first', async () => {
    for (const n of numbers) await redis.xadd('stream', `${Number(n) + 1}-0`, 'n', n);
    const elements = (await readAll('stream')).flatMap((page) => page.elements);
    expect(elements.map(({ fields }) => fields[1])).toEqual(numbers.toReversed());
    expect(elements[0]).toEqual({ id: '250-0', fields: ['n', '249'] });
  });

  it('with long elements shows 4 KB of each, and fewer on a page', async () => {
    for (let i = 0; i < 8; i++) await redis.rpush('long', Buffer.alloc(500_000, 'x'));
    const { elements, next } = await get('keys/long');
    expect(elements[0].value).toEqual({ text: 'x'.repeat(4096), bytes: 500_000 });
    expect(elements.length).toBeLessThan(5);
    expect(Number(next)).toBe(elements.length);
  });

  it('with an element that is larger than all others says so, and the app goes on', async () => {
    await redis.rpush('odd', ...numbers, Buffer.alloc(6_000_000), ...numbers);
    await operator
      .get('/operator/keys/odd?cursor=200')
      .expect(409, 'Redis would answer more than 4 MB: too much to show');
    expect((await get('keys/odd?cursor=300')).elements).toHaveLength(100);
  });

  it('with elements of many megabytes is not asked for', async () => {
    await redis.rpush('giant', Buffer.alloc(9_000_000));
    const asked = await countCommands(redis, () =>
      operator.get('/operator/keys/giant').expect(409, /^the elements of this key have \d+ bytes/),
    );
    expect(asked).not.toHaveProperty('lrange');
  });

  it('that is not there is answered 404', async () => {
    await operator.get('/operator/keys/absent').expect(404, 'key not present');
    expect(await get('keys/absent/copies')).toMatchObject([{ problem: 'key not present' }]);
  });
});
