/** REDIS_WAIT_REPLICAS: changes of a session while the replica hangs, and when it is back. */
import { createConfirm } from '../../src/redis/wait-replicas.ts';
import { createSessions, type Sessions } from '../../src/sessions/sessions.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { connectWithPassword, startReplicated } from '../support/topologies.ts';

const ALICE = { user: 'alice', account: 'id-of-alice' };
const BLUE = { written: { color: '"blue"' }, removed: [] };
const UNCONFIRMED = {
  status: 503,
  message: expect.stringMatching(/^the write is in Redis, but no replica has confirmed it/),
};

let replica: RedisServer;
let sessions: Sessions;
let confirm: jest.Mock;
let watched: Sessions;
let confirmed: Sessions;
beforeAll(async () => {
  const servers = await startReplicated();
  ({ replica } = servers);
  const redis = connectWithPassword(servers.primary);
  const timeouts = { idle: 60_000, absolute: 120_000 };
  const parts = { clock: { now: Date.now }, timeouts, log: () => {} };
  sessions = createSessions(redis, parts);
  confirmed = createSessions(redis, { ...parts, confirm: createConfirm(redis, 1) });
  confirm = jest.fn(() => Promise.resolve());
  watched = createSessions(redis, { ...parts, confirm });
});

describe('while the replica hangs', () => {
  beforeAll(() => replica.process.kill('SIGSTOP'));
  afterAll(() => replica.process.kill('SIGCONT'));
  beforeEach(() => sessions.start('one', ALICE, {}));
  afterEach(() => sessions.endAll(ALICE.account));

  const handles = async () => (await sessions.list(ALICE.account)).map(({ handle }) => handle);

  it('a sign-out is not told as done, though the session has ended', async () => {
    await expect(confirmed.end(ALICE.account, 'one')).rejects.toMatchObject(UNCONFIRMED);
    expect(await handles()).toEqual([]);
  });

  it('a sign-out everywhere is not told as done, though all sessions have ended', async () => {
    await expect(confirmed.endAll(ALICE.account)).rejects.toMatchObject(UNCONFIRMED);
    expect(await handles()).toEqual([]);
  });

  it('a sign-in is not told as done, though the session has begun', async () => {
    await expect(confirmed.start('two', ALICE, {})).rejects.toMatchObject(UNCONFIRMED);
    expect(await handles()).toContain('two');
  });

  it('a write is not told as done, though it was made', async () => {
    await expect(confirmed.change('one', BLUE)).rejects.toMatchObject(UNCONFIRMED);
    expect((await sessions.find('one'))?.fields).toEqual(BLUE.written);
  });

  it('a new id is not told as given, though the session has it', async () => {
    const record = (await sessions.find('one'))!;
    await expect(confirmed.move('one', 'two', record)).rejects.toMatchObject(UNCONFIRMED);
    expect(await handles()).toEqual(['two']);
  });

  it('a read waits for nothing', async () => {
    expect(await confirmed.find('one')).toMatchObject(ALICE);
    expect(await confirmed.list(ALICE.account)).toHaveLength(1);
    expect(await confirmed.change('unknown', BLUE)).toBe('ended');
  });
});

describe('a new id', () => {
  it('is confirmed where the old one was and where the new one is', async () => {
    const record = await sessions.start('one', ALICE, {});
    await watched.move('one', 'two', record);
    expect(confirm).toHaveBeenCalledWith('_app:s:one', '_app:s:two');
    await sessions.endAll(ALICE.account);
  });
});

describe('a sign-in, a write and a sign-out', () => {
  it('are confirmed where the session is, and nowhere else', async () => {
    confirm.mockClear();
    await watched.start('one', ALICE, {});
    await watched.change('one', BLUE);
    await watched.end(ALICE.account, 'one');
    expect(confirm.mock.calls).toEqual([['_app:s:one'], ['_app:s:one'], ['_app:s:one']]);
  });
});

describe('when the replica is back', () => {
  it('all of them are told as done', async () => {
    const record = await confirmed.start('one', ALICE, {});
    expect(await confirmed.change('one', BLUE)).toBe('merged');
    expect(await confirmed.move('one', 'two', record)).toBe(true);
    expect(await confirmed.end(ALICE.account, 'two')).toBe(1);
    expect(await confirmed.endAll(ALICE.account)).toBe(0);
  });
});
