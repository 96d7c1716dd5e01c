/** Two instances act on one session, in every order in which their commands can mix. */
import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from '../../src/redis/client.ts';
import { accountSessionsKey, sessionKey } from '../../src/redis/names.ts';
import { createSessions } from '../../src/sessions/sessions.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { type Actor, beforeEachCommand, inEveryOrder } from '../support/interleave.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';
import { PASSWORD, startCluster } from '../support/topologies.ts';

/** Many orders, each of a dozen commands: a busy machine takes a minute. */
jest.setTimeout(240_000);

const AN_HOUR = 60 * 60_000; // milliseconds

const USER = 'alice';
const OLD = 'old-handle';
const NEW = 'new-handle';
const NEWER = 'newer-handle';
const HANDLES = [NEW, NEWER, OLD];
const RECORDS = HANDLES.map(sessionKey);
const ID = 'id-of-alice';
const INDEX = accountSessionsKey(ID);
const OWNER = { user: USER, account: ID };
const RECORD = { ...OWNER, startedAt: Date.now(), endsAt: Date.now() + AN_HOUR, fields: {} };

/** One connection keeps the order of its commands; the nodes of a Cluster have one each. */
const clients = {
  'one server': async () => connectTo(await startRedis()),
  async 'a Cluster'() {
    const { primaries } = await startCluster();
    const client = new Cluster([primaries[0]!], { redisOptions: { password: PASSWORD } });
    stopAtEnd(async () => client.disconnect());
    return client;
  },
};

const sessionsOf = (client: RedisClient) =>
  createSessions(client, {
    clock: { now: Date.now },
    timeouts: { idle: 60_000, absolute: AN_HOUR },
    log: () => {},
  });

describe.each(['one server', 'a Cluster'] as const)('on %s', (where) => {
  let redis: Redis | Cluster;
  beforeAll(async () => {
    redis = await clients[where]();
  });

  /** Begins a session, lets two instances loose on it, and sees what is left. */
  async function inAllOrders(
    left: (sessions: ReturnType<typeof sessionsOf>) => Promise<unknown>,
    right: (sessions: ReturnType<typeof sessionsOf>) => Promise<unknown>,
    check: (done: { left: any; right: any; live: string[] }) => Promise<void> | void,
  ): Promise<void> {
    const orders = await inEveryOrder(redis, redis.isCluster, async (actor: Actor, finish) => {
      await Promise.all([INDEX, ...RECORDS].map((key) => redis.del(key)));
      await sessionsOf(redis).start(OLD, OWNER, { color: '"red"' });
      const results = await finish(left(sessionsOf(actor())), right(sessionsOf(actor())));

      const [live, indexed] = await Promise.all([liveSessions(), redis.zrange(INDEX, 0, '-1')]);
      expect(indexed).toEqual(expect.arrayContaining(live));
      await check({ left: results[0], right: results[1], live });
    });
    expect(orders).toBeGreaterThan(2);
  }

  const blue = { written: { color: '"blue"' }, removed: [] };

  it('a write and a sign-out leave no session', async () => {
    await inAllOrders(
      (a) => a.change(OLD, blue),
      (b) => b.end(ID, OLD),
      ({ right, live }) => {
        expect(right).toBe(1);
        expect(live).toEqual([]);
      },
    );
  });

  it('a read and a sign-out leave no session', async () => {
    await inAllOrders(
      async (a) => {
        await a.find(OLD);
        return a.change(OLD, blue);
      },
      (b) => b.endAll(ID),
      ({ live }) => expect(live).toEqual([]),
    );
  });

  it('a rotation and a sign-out leave no session, unless the old id was out of date', async () => {
    await inAllOrders(
      (a) => a.move(OLD, NEW, RECORD),
      (b) => b.end(ID, OLD),
      ({ left: hasMoved, right: ended, live }) => {
        expect(live).toEqual(ended ? [] : [NEW]);
        expect(hasMoved).toBe(!ended);
      },
    );
  });

  it('a rotation and a sign-out everywhere leave no session', async () => {
    await inAllOrders(
      (a) => a.move(OLD, NEW, RECORD),
      (b) => b.endAll(ID),
      ({ live }) => expect(live).toEqual([]),
    );
  });

  it('a rotation at any time in a sign-out everywhere leaves no session, though the index is lost', async () => {
    const rotate = () => sessionsOf(redis).move(OLD, NEW, RECORD);
    const commands = await beforeEachCommand(redis, rotate, async (client) => {
      await Promise.all([INDEX, ...RECORDS].map((key) => redis.del(key)));
      await sessionsOf(redis).start(OLD, OWNER, {});
      await redis.del(INDEX);
      await sessionsOf(client).endAll(ID);
      expect(await liveSessions()).toEqual([]);
    });
    expect(commands).toBeGreaterThan(4);
  });

  it('a rotation and a write lose no write that was acknowledged', async () => {
    await inAllOrders(
      async (a) => {
        await a.change(OLD, { written: { size: '1' }, removed: [] });
        return a.move(OLD, NEW, RECORD);
      },
      (b) => b.change(OLD, blue),
      async ({ left: hasMoved, right: outcome, live }) => {
        expect(hasMoved).toBe(true);
        expect(live).toEqual([NEW]);
        const color = outcome === 'merged' ? '"blue"' : '"red"';
        expect((await sessionsOf(redis).find(NEW))?.fields).toEqual({ color, size: '1' });
      },
    );
  });

  it('of two rotations one succeeds', async () => {
    await inAllOrders(
      (a) => a.move(OLD, NEW, RECORD),
      (b) => b.move(OLD, NEWER, RECORD),
      ({ left, right, live }) => {
        expect([left, right].filter(Boolean)).toHaveLength(1);
        expect(live).toEqual([left ? NEW : NEWER]);
      },
    );
  });

  it('of two sign-outs one ends the session', async () => {
    await inAllOrders(
      (a) => a.endAll(ID),
      (b) => b.end(ID, OLD),
      ({ left, right, live }) => {
        expect(left + right).toBe(1);
        expect(live).toEqual([]);
      },
    );
  });

  it('a sign-in and a sign-out everywhere leave that sign-in or nothing, and the old one never', async () => {
    await inAllOrders(
      (a) => a.start(NEW, OWNER, {}),
      (b) => b.endAll(ID),
      ({ live }) => expect([[], [NEW]]).toContainEqual(live),
    );
  });

  it('a sign-in and a look at the list leave the sign-in in the index', async () => {
    await inAllOrders(
      (a) => a.start(NEW, OWNER, {}),
      (b) => b.list(ID),
      ({ live }) => expect(live).toEqual([NEW, OLD]),
    );
  });

  it('a sign-out and a look at the list leave no session', async () => {
    await inAllOrders(
      (a) => a.end(ID, OLD),
      (b) => b.list(ID),
      ({ live }) => expect(live).toEqual([]),
    );
  });

  async function liveSessions(): Promise<string[]> {
    const counts = await Promise.all(RECORDS.map((key) => redis.exists(key)));
    return HANDLES.filter((_, i) => counts[i]! > 0);
  }
});
