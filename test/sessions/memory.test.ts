/** Sessions in memory: what they promise as long as one instance is asked. */
import { createMemorySessions } from '../../src/sessions/memory.ts';
import type { Sessions } from '../../src/sessions/sessions.ts';

const IDLE = 60_000; // milliseconds
const ABSOLUTE = 100_000; // milliseconds
const ALICE = { user: 'alice', account: 'id-of-alice' };
const BOB = { user: 'bob', account: 'id-of-bob' };

let now: number;
let sessions: Sessions;
beforeEach(async () => {
  now = Date.now();
  sessions = createMemorySessions({ now: () => now }, { idle: IDLE, absolute: ABSOLUTE });
  await sessions.start('one', ALICE, { color: '"red"' });
});

const handles = async () => (await sessions.list(ALICE.account)).map(({ handle }) => handle);

describe('the list of sessions in memory', () => {
  it('has the newest first, each with when it was last seen', async () => {
    const began = now;
    now += 1000;
    await sessions.start('two', ALICE, {});
    now += 1000;
    await sessions.find('one');
    expect(await sessions.list(ALICE.account)).toMatchObject([
      { handle: 'two', startedAt: began + 1000, lastSeenAt: began + 1000 },
      { handle: 'one', startedAt: began, lastSeenAt: began + 2000 },
    ]);
  });
});

describe('a session in memory', () => {
  it('is found with its owner, its fields and its times', async () => {
    const times = { startedAt: now, endsAt: now + ABSOLUTE };
    expect(await sessions.find('one')).toMatchObject({
      ...ALICE,
      ...times,
      fields: { color: '"red"' },
    });
    expect(await sessions.find('another')).toBeNull();
  });

  it('takes changes, and none once it has ended', async () => {
    const changes = { written: { size: '1' }, removed: ['color'] };
    expect(await sessions.change('one', changes)).toBe('merged');
    expect((await sessions.find('one'))?.fields).toEqual({ size: '1' });
    expect(await sessions.end(ALICE.account, 'one')).toBe(1);
    expect(await sessions.end(ALICE.account, 'one')).toBe(0);
    expect(await sessions.change('one', changes)).toBe('ended');
  });

  it('moves to another handle, unless it has ended', async () => {
    const record = (await sessions.find('one'))!;
    expect(await sessions.move('one', 'two', record)).toBe(true);
    expect(await handles()).toEqual(['two']);
    expect(await sessions.move('one', 'three', record)).toBe(false);
    expect(await handles()).toEqual(['two']);
  });

  it('ends when it is idle, which a read puts off and a look at the list does not', async () => {
    now += IDLE - 1;
    expect(await sessions.find('one')).not.toBeNull();
    now += 1;
    expect(await handles()).toEqual(['one']);
    now += IDLE - 1;
    expect(await sessions.find('one')).toBeNull();
  });

  it('ends at its absolute timeout, however busy it is', async () => {
    now += ABSOLUTE / 2;
    await sessions.find('one');
    now += ABSOLUTE / 2;
    expect(await sessions.find('one')).toBeNull();
  });

  it('ends with the others of its account, but for the one that goes on', async () => {
    await sessions.start('two', ALICE, {});
    await sessions.start('three', ALICE, {});
    await sessions.start('of-bob', BOB, {});
    expect(await sessions.endAll(ALICE.account, { except: 'two' })).toBe(2);
    expect(await handles()).toEqual(['two']);
    expect(await sessions.endAll(ALICE.account)).toBe(1);
    expect(await sessions.isOf(BOB.account, 'of-bob')).toBe(true);
    expect(await sessions.isOf(ALICE.account, 'of-bob')).toBe(false);
  });
});
