/** What two instances do to one session, in every order in which their commands can mix. */
import type { Redis } from 'ioredis';
import type { RedisClient } from '../../src/redis/client.ts';
import { createSessions } from '../../src/sessions/sessions.ts';
import { type Actor, inEveryOrder } from '../support/interleave.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';

const USER = 'alice';
const OLD = 'old-handle';
const NEW = 'new-handle';
const NEWER = 'newer-handle';
const ID = 'id-of-alice';
const OWNER = { user: USER, account: ID };
const RECORD = { ...OWNER, startedAt: Date.now(), endsAt: Date.now() + 120_000, fields: {} };

let redis: Redis;
beforeAll(async () => {
  redis = connectTo(await startRedis());
});

const sessionsOf = (client: RedisClient) =>
  createSessions(client, {
    clock: { now: Date.now },
    timeouts: { idle: 60_000, absolute: 120_000 },
    log: () => {},
  });

describe.each([
  ['one server', false],
  ['the nodes of a Cluster', true],
])('on %s', (_where, isCluster) => {
  /** Begins a session, lets two instances loose on it, and sees what is left. */
  async function inAllOrders(
    left: (sessions: ReturnType<typeof sessionsOf>) => Promise<unknown>,
    right: (sessions: ReturnType<typeof sessionsOf>) => Promise<unknown>,
    check: (done: { left: any; right: any; live: string[] }) => Promise<void> | void,
  ): Promise<void> {
    const orders = await inEveryOrder(redis, isCluster, async (actor: Actor, finish) => {
      await redis.flushall();
      await sessionsOf(redis).start(OLD, OWNER, { color: '"red"' });
      const results = await finish(left(sessionsOf(actor())), right(sessionsOf(actor())));

      const live = await liveSessions();
      const indexed = await redis.zrange(`_app:u:${ID}`, 0, '-1');
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
      ({ live }) => expect(live.sort()).toEqual([NEW, OLD]),
    );
  });

  it('a sign-out and a look at the list leave no session', async () => {
    await inAllOrders(
      (a) => a.end(ID, OLD),
      (b) => b.list(ID),
      ({ live }) => expect(live).toEqual([]),
    );
  });
});

async function liveSessions(): Promise<string[]> {
  return (await redis.keys('_app:s:*')).map((key) => key.slice('_app:s:'.length));
}
