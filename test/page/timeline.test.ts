/** What the page makes of events: known events, known state, known sentence. */
import { describeState } from '../../public/assets/scripts/headline.js';
import {
  advance,
  createTimeline,
  listLanes,
  listRunning,
  loginKind,
} from '../../public/assets/scripts/timeline.js';
import { sayMark } from '../../public/assets/scripts/tape.js';

type Timeline = ReturnType<typeof createTimeline>;
type Event = Record<string, unknown> & { type: string; at: number };

const FAILED_OVER = { from: '10.0.0.1:6379', to: '10.0.0.2:6379' };

/** An instance as a list has it, half a second after its heartbeat. */
const entry = (index: number, life = 'a', more = {}) => ({
  index,
  guid: `${index}${life}000000-0000`,
  uptime: 10_000,
  silence: 500,
  leaving: false,
  ...more,
});
const list = (at: number, ...entries: object[]): Event => ({
  type: 'instances',
  at,
  list: entries,
});
const answer = (at: number, outcome: string, index: number | null = 0, life = 'a'): Event => ({
  type: 'answer',
  at,
  askedAt: at - 10,
  outcome,
  instance: index === null ? null : { index, guid: `${index}${life}000000` },
});
const redis = (at: number, isAway: boolean, failover: object | null = null): Event => ({
  type: 'redis',
  at,
  isAway,
  failover,
});
const signedIn = (at: number): Event => ({ type: 'signed-in', at, user: 'alice' });

function follow(...events: Event[]): Timeline {
  return events.reduce<Timeline>((timeline, event) => advance(timeline, event), createTimeline());
}

const wordsOf = ({ marks }: Timeline) => marks.map(sayMark);
const endsOf = ({ lives }: Timeline) =>
  lives.map(({ index, end, to }: { index: number; end: string; to: number }) => [index, end, to]);
const sentence = (timeline: Timeline, now: number) => {
  const login = { name: 'in', user: 'alice' };
  const { mood, text, waiting, title } = describeState(
    { login, timeline, redis: null, sessions: 'redis' },
    now,
  );
  return { mood, said: text + waiting, title };
};

describe('an instance', () => {
  it('that is killed ends where it was heard last, within two seconds', () => {
    const timeline = follow(
      list(0, entry(0), entry(1)),
      list(1000, entry(0), entry(1)),
      list(2200, entry(0), entry(1, 'a', { silence: 1700 })),
    );
    expect(endsOf(timeline)).toEqual([
      [0, null, null],
      [1, 'killed', 500],
    ]);
    expect(wordsOf(timeline)).toEqual(['instance 1 killed']);
    expect(listRunning(timeline)).toHaveLength(1);
  });

  it('that has answered since its last heartbeat ends there', () => {
    const timeline = follow(
      signedIn(0),
      list(0, entry(0), entry(1)),
      answer(300, 'good', 1),
      list(2000, entry(0), entry(1, 'a', { silence: 2500 })),
    );
    expect(endsOf(timeline)[1]).toEqual([1, 'killed', 300]);
  });

  it('that leaves was not killed, and its index is scaled away', () => {
    const timeline = follow(
      list(0, entry(0), entry(1), entry(2)),
      list(1000, entry(0), entry(1, 'a', { leaving: true, silence: 100 }), entry(2)),
      list(2000, entry(0), entry(1, 'a', { leaving: true, silence: 1100 }), entry(2)),
      list(6000, entry(0), entry(2)),
    );
    expect(endsOf(timeline)[1]).toEqual([1, 'left', 900]);
    expect(wordsOf(timeline)).toEqual(['scaled to 2']);
  });

  it('of an older version, which removes its entry, has left as well', () => {
    const timeline = follow(list(0, entry(0), entry(1)), list(1000, entry(0)));
    expect(endsOf(timeline)[1]).toEqual([1, 'left', -500]);
  });

  it('that was late, not dead, lives on', () => {
    const timeline = follow(
      list(0, entry(0), entry(1)),
      list(2000, entry(0), entry(1, 'a', { silence: 1700 })),
      list(3000, entry(0), entry(1)),
    );
    expect(endsOf(timeline)[1]).toEqual([1, null, null]);
    expect(wordsOf(timeline)).toEqual([]);
  });

  it('has a second life in the same lane after a kill, without another word', () => {
    const timeline = follow(
      list(0, entry(0), entry(1)),
      list(2000, entry(0), entry(1, 'a', { silence: 1700 })),
      list(3000, entry(0), entry(1, 'a', { silence: 2700 }), entry(1, 'b', { uptime: 400 })),
    );
    expect(listLanes(timeline, 3000)).toEqual([0, 1]);
    expect(timeline.lives.at(-1)).toMatchObject({ index: 1, nth: 2, from: 2600, end: null });
    expect(wordsOf(timeline)).toEqual(['instance 1 killed']);
  });

  it('leaves its lane to the left after a minute', () => {
    const gone = [
      list(0, entry(0), entry(1)),
      list(1000, entry(0), entry(1, 'a', { leaving: true })),
    ];
    expect(listLanes(follow(...gone), 60_000)).toEqual([0, 1]);
    expect(listLanes(follow(...gone), 61_000)).toEqual([0]);
    expect(follow(...gone, list(70_000, entry(0))).lives).toHaveLength(1);
  });

  it('is the newest one of its index among those that run', () => {
    const timeline = follow(
      list(0, entry(1), entry(0)),
      list(1000, entry(1), entry(0), entry(0, 'b', { uptime: 0 })),
    );
    const running = listRunning(timeline).map(({ guid }: { guid: string }) => guid);
    expect(running).toEqual(['0b000000', '1a000000']);
  });

  it('that removes its entry has left, unless it was silent for more than three seconds', () => {
    const before = list(0, entry(0), entry(1));
    expect(endsOf(follow(before, list(2000, entry(0))))[1]).toEqual([1, 'left', -500]);
    expect(endsOf(follow(before, list(3000, entry(0))))[1]).toEqual([1, 'killed', -500]);
  });

  it('that only answers have shown is not missed in a list', () => {
    const timeline = follow(signedIn(0), answer(100, 'good', 2), list(9000, entry(0)));
    expect(endsOf(timeline)[0]).toEqual([2, null, null]);
  });

  it('has begun when its list says so, though its first answer came later', () => {
    const timeline = follow(signedIn(0), answer(5000, 'good'), list(5500, entry(0)));
    expect(timeline.lives[0]).toMatchObject({ from: -4500 });
  });

  it('is not ended by an answer of its successor where there are lists', () => {
    const timeline = follow(signedIn(0), list(0, entry(0)), answer(500, 'good', 0, 'b'));
    expect(endsOf(timeline)).toEqual([
      [0, null, null],
      [0, null, null],
    ]);
  });

  it('is not ended by the successor of another one', () => {
    const timeline = follow(
      signedIn(0),
      answer(0, 'good', 0),
      answer(100, 'good', 1),
      answer(1000, 'good', 1, 'b'),
    );
    expect(endsOf(timeline)[0]).toEqual([0, null, null]);
  });

  it('is told from its successor by answers alone, where there are no lists', () => {
    const timeline = follow(
      signedIn(0),
      answer(0, 'good', 1),
      answer(500, 'good', 1),
      answer(1000, 'good', 1, 'b'),
    );
    expect(endsOf(timeline)).toEqual([
      [1, 'left', 500],
      [1, null, null],
    ]);
  });
});

describe('words on the tape', () => {
  it('are one for scaling in, and one for scaling out', () => {
    const leaving = { leaving: true, silence: 0 };
    const timeline = follow(
      list(0, entry(0), entry(1), entry(2)),
      list(1000, entry(0), entry(1), entry(2, 'a', leaving)),
      list(2000, entry(0), entry(1, 'a', leaving)),
      list(3000, entry(0), entry(1, 'b', { uptime: 0 })),
      list(4000, entry(0), entry(1, 'b'), entry(2, 'b'), entry(3)),
    );
    expect(wordsOf(timeline)).toEqual(['scaled to 1', 'scaled to 4']);
  });

  it('are one for a rolling restart', () => {
    const leaving = { leaving: true, silence: 0 };
    const timeline = follow(
      list(0, entry(0), entry(1), entry(2)),
      list(1000, entry(0), entry(0, 'b', { uptime: 0 }), entry(1), entry(2)),
      list(2000, entry(0, 'a', leaving), entry(0, 'b'), entry(1), entry(2)),
      list(3000, entry(0, 'b'), entry(1, 'a', leaving), entry(1, 'b', { uptime: 0 }), entry(2)),
      list(4000, entry(0, 'b'), entry(1, 'b'), entry(2), entry(2, 'b', { uptime: 0 })),
      list(5000, entry(0, 'b'), entry(1, 'b'), entry(2, 'a', leaving), entry(2, 'b')),
    );
    expect(wordsOf(timeline)).toEqual(['instances 0–2 replaced']);
    expect(listRunning(timeline)).toHaveLength(3);
  });

  it('are one for instances that are killed together, where the last of them was heard', () => {
    const timeline = follow(
      list(0, entry(0), entry(1), entry(2)),
      list(2200, entry(0), entry(1, 'a', { silence: 1700 }), entry(2, 'a', { silence: 1900 })),
    );
    expect(wordsOf(timeline)).toEqual(['instances 1 and 2 killed']);
    expect(timeline.marks).toMatchObject([{ at: 500 }]);
  });

  it('are one for kills within two seconds, where the first of them was', () => {
    const timeline = follow(
      list(0, entry(0), entry(1), entry(2), entry(3)),
      list(2200, entry(0), entry(1, 'a', { silence: 1700 }), entry(2), entry(3)),
      list(3300, entry(0), entry(2, 'a', { silence: 1800 }), entry(3)),
      list(6000, entry(0), entry(3, 'a', { silence: 1700 })),
    );
    expect(wordsOf(timeline)).toEqual(['instances 1 and 2 killed', 'instance 3 killed']);
    expect(timeline.marks[0]).toMatchObject({ at: 500 });
  });

  it('are taken back for those instances alone that were late', () => {
    const late = { silence: 1700 };
    const timeline = follow(
      list(0, entry(0), entry(1), entry(2)),
      list(2200, entry(0), entry(1, 'a', late), entry(2, 'a', late)),
      list(3000, entry(0), entry(1), entry(2, 'a', { silence: 2500 })),
    );
    expect(wordsOf(timeline)).toEqual(['instance 2 killed']);
  });

  it('of scaling out stand where the first new instance began', () => {
    const timeline = follow(
      list(0, entry(0)),
      list(3000, entry(0), entry(1, 'a', { uptime: 400 })),
    );
    expect(timeline.marks).toMatchObject([{ kind: 'scaled', at: 2600, count: 2 }]);
  });

  it('are gone when the tape has gone on for longer than it shows', () => {
    const timeline = follow(
      signedIn(0),
      answer(1110, 'away'),
      answer(7100, 'good'),
      list(80_000, entry(0)),
    );
    const login = [{ kind: 'held', from: 7100, to: null }];
    expect(timeline).toMatchObject({ marks: [], ticks: [], login });
  });

  it('are a new primary for each failover', () => {
    const failOver = (at: number, from: string, to: string) => redis(at, false, { from, to });
    const timeline = follow(
      redis(0, false),
      failOver(1000, 'a', 'b'),
      failOver(2000, 'a', 'c'),
      failOver(3000, 'd', 'c'),
    );
    expect(wordsOf(timeline)).toEqual(['new primary', 'new primary', 'new primary']);
  });

  it('are a new primary once, whichever instance has noticed it', () => {
    const later = { ...FAILED_OVER, at: 'a moment later' };
    const timeline = follow(
      redis(0, false),
      redis(1000, false, FAILED_OVER),
      redis(2000, false, later),
    );
    expect(wordsOf(timeline)).toEqual(['new primary']);
    expect(wordsOf(follow(redis(0, false, FAILED_OVER)))).toEqual([]); // before the page was there
  });
});

describe('the login', () => {
  const alice = [signedIn(0), answer(100, 'good', 0), answer(600, 'good', 1)];

  it('is held, and counted', () => {
    const timeline = follow(...alice, answer(1100, 'good', 0));
    expect(timeline).toMatchObject({ answers: 3, lost: 0 });
    expect(timeline.servedBy).toHaveLength(2);
    expect(loginKind(timeline)).toBe('held');
    expect(sentence(timeline, 2000)).toEqual({
      mood: 'good',
      said: 'alice is still signed in.',
      title: '✓ alice, 0 lost',
    });
  });

  it('waits while Redis is away, from the request that was not answered', () => {
    const timeline = follow(...alice, { ...answer(2100, 'away'), askedAt: 1100 });
    expect(timeline.login).toEqual([
      { kind: 'held', from: 0, to: 1100 },
      { kind: 'away', from: 1100, to: null },
    ]);
    expect(sentence(timeline, 7100)).toEqual({
      mood: 'bad',
      said: 'Redis is away. alice is waiting: 6 s',
      title: '✗ Redis is away, alice waits',
    });
    expect(wordsOf(timeline)).toEqual(['Redis away']);
    expect(timeline.lost).toBe(0);
  });

  it('goes on when Redis is back, and the outage becomes a mark', () => {
    const timeline = follow(...alice, answer(1110, 'away'), answer(7100, 'good'));
    expect(timeline.login.at(-1)).toEqual({ kind: 'held', from: 7100, to: null });
    expect(wordsOf(timeline)).toEqual(['Redis away 6 s']);
    expect(sentence(timeline, 7200).said).toBe('alice is still signed in.');
  });

  it('has one mark for an outage that not all instances see', () => {
    const timeline = follow(
      ...alice,
      answer(1110, 'away'),
      answer(1600, 'good', 1),
      answer(2110, 'away'),
      answer(2600, 'good', 1),
      redis(2700, true),
    );
    expect(wordsOf(timeline)).toEqual(['Redis away 2 s']);
    expect(sentence(timeline, 2800).mood).toBe('good');
  });

  it('takes no instance for dead while Redis is away, nor shortly after', () => {
    const early = follow(
      list(0, entry(0), entry(1)),
      ...alice,
      answer(1110, 'away'),
      list(1200),
      answer(7100, 'good'),
      list(7200, entry(0)),
    );
    expect(endsOf(early)).toEqual([
      [0, null, null],
      [1, null, null],
    ]);
    const late = advance(early, list(10_200, entry(0)));
    expect(endsOf(late)[1]).toEqual([1, 'killed', 600]);
  });

  it('is lost when an answer does not know it, for as long as the tape shows that', () => {
    const timeline = follow(...alice, answer(1100, 'lost', 2), answer(1600, 'good', 0));
    expect(timeline).toMatchObject({ answers: 4, lost: 1 });
    expect(timeline.login.map(({ kind }: { kind: string }) => kind)).toEqual([
      'held',
      'lost',
      'held',
    ]);
    expect(sentence(timeline, 30_000)).toEqual({
      mood: 'bad',
      said: 'alice’s login was lost.',
      title: '✗ alice, 1 lost',
    });
    expect(sentence(timeline, 61_200)).toMatchObject({ mood: 'good', title: '✗ alice, 1 lost' });
  });

  it('is lost where Redis comes back empty, and the outage ends with the answer that says so', () => {
    const lost = { ...answer(8100, 'lost'), answeredAt: 7100 };
    const timeline = follow(...alice, answer(1110, 'away'), lost);
    expect(wordsOf(timeline)).toEqual(['Redis away 6 s']);
    expect(sentence(timeline, 8100).said).toBe('alice’s login was lost.');
  });

  it('waits for an instance only after a second and a half without any', () => {
    const one = follow(...alice, answer(1110, 'silent', null), answer(1610, 'good'));
    expect(loginKind(one)).toBe('held');
    const many = follow(...alice, answer(1110, 'silent', null), answer(3110, 'silent', null));
    expect(sentence(many, 4100).said).toBe('No instance answers. alice is waiting: 3 s');
    expect(many.login.at(-1)).toEqual({ kind: 'away', from: 1100, to: null });
  });

  it('is neither held nor lost by an answer that fails', () => {
    const timeline = follow(...alice, answer(1100, 'failed'));
    expect(timeline).toMatchObject({ answers: 2, lost: 0 });
    expect(loginKind(timeline)).toBe('held');
    expect(timeline.ticks.at(-1)).toMatchObject({ at: 1100, outcome: 'failed' });
  });

  it('goes on, with its numbers, when the same user is named again', () => {
    const timeline = follow(...alice, signedIn(1100));
    expect(timeline).toMatchObject({ since: 0, answers: 2 });
  });

  it('that was lost is said before all else', () => {
    const timeline = follow(...alice, answer(1100, 'lost'), answer(2100, 'away'));
    expect(sentence(timeline, 9100).said).toBe('alice’s login was lost.');
    expect(sentence(timeline, 62_000).said).toBe('Redis is away. alice is waiting: 1 min 0 s');
  });

  it('that was lost again is said for a minute after the last loss', () => {
    const losses = [answer(1100, 'lost'), answer(1600, 'good'), answer(50_000, 'lost')];
    const timeline = follow(...alice, ...losses, answer(50_500, 'good'));
    expect(sentence(timeline, 62_000).mood).toBe('bad');
  });

  it('has a note where each instance knows only its own logins, as long as it is held too', () => {
    const login = { name: 'in', user: 'alice' };
    const noteOf = (timeline: Timeline, sessions: string) =>
      describeState({ login, timeline, redis: null, sessions }, 2000).note;
    for (const timeline of [follow(...alice), follow(...alice, answer(1100, 'lost'))]) {
      expect(noteOf(timeline, 'memory')).toMatch(/^SESSIONS=memory: /);
      expect(noteOf(timeline, 'redis')).toBe('');
    }
  });

  it('is held when one answer does not come, and each silence counts from its own beginning', () => {
    const once = follow(...alice, answer(1110, 'silent', null));
    expect(sentence(once, 1600).mood).toBe('good');
    expect(sentence(once, 4100).title).toBe('✗ No answer, alice waits');
    const twice = follow(
      ...alice,
      answer(1110, 'silent', null),
      answer(1610, 'good'),
      answer(3110, 'silent', null),
    );
    expect(sentence(twice, 3200).mood).toBe('good');
  });

  it('has no piece that ends before it begins, by an answer to an earlier request', () => {
    const late = { ...answer(7200, 'away'), askedAt: 6900 };
    const timeline = follow(...alice, answer(1110, 'away'), answer(7100, 'good'), late);
    expect(timeline.login.at(-2)).toEqual({ kind: 'held', from: 7100, to: 7100 });
  });

  it('has a mark for each outage, unless the next one begins within two seconds', () => {
    const timeline = follow(
      ...alice,
      answer(1110, 'away'),
      answer(2100, 'good'),
      answer(9010, 'away'),
      answer(11_000, 'good'),
    );
    expect(wordsOf(timeline)).toEqual(['Redis away 1 s', 'Redis away 2 s']);
  });

  it('that has ended ends once', () => {
    const [first, second] = [2000, 3000].map((at) => ({ type: 'signed-out', at }));
    expect(follow(...alice, first!, second!).until).toBe(2000);
  });

  it('leaves no silence and no outage to the next one', () => {
    const next = [
      { type: 'signed-out', at: 4000 },
      { ...signedIn(5000), user: 'bob' },
    ];
    const silent = follow(...alice, answer(3110, 'silent', null), ...next);
    const away = follow(...alice, answer(3110, 'away'), ...next);
    for (const timeline of [silent, away]) expect(sentence(timeline, 5100).mood).toBe('good');
  });

  it('leaves it to the stream again to say that Redis is away', () => {
    const ended = { type: 'signed-out', at: 2000 };
    const timeline = follow(...alice, ended, redis(3000, true), redis(9000, false));
    expect(wordsOf(timeline)).toEqual(['Redis away 6 s']);
  });

  it('is counted anew when the same user signs in again', () => {
    const timeline = follow(...alice, { type: 'signed-out', at: 2000 }, signedIn(4000));
    expect(timeline).toMatchObject({ since: 4000, until: null, answers: 0, servedBy: [] });
  });

  it('ends with the session, and the numbers stay', () => {
    const timeline = follow(...alice, { type: 'signed-out', at: 2000 }, answer(2100, 'lost'));
    expect(timeline).toMatchObject({ answers: 2, lost: 0, until: 2000 });
    expect(loginKind(timeline)).toBeNull();
  });

  it('is counted anew for another user', () => {
    const bob = { type: 'signed-in', at: 4000, user: 'bob' };
    const timeline = follow(...alice, answer(1100, 'lost'), { type: 'signed-out', at: 2000 }, bob);
    expect(timeline).toMatchObject({ user: 'bob', since: 4000, answers: 0, lost: 0 });
    expect(sentence(timeline, 4100).mood).toBe('good');
  });
});

describe('before a sign-in', () => {
  const describeRedis = (redis: object | null) => {
    const state = { login: { name: 'anonymous' }, timeline: createTimeline(), sessions: 'redis' };
    return describeState({ ...state, redis }, 0);
  };

  it.each([
    [{ bound: true, works: true }, 'good', 'Redis works.', ''],
    [
      { bound: true, works: false, problem: 'Redis refuses connections' },
      'bad',
      'Redis does not work:',
      'Redis refuses connections',
    ],
    [{ bound: false, works: false, problem: null }, 'bad', 'No Redis is bound.', ''],
    [
      { bound: true, works: false, problem: null },
      'bad',
      'Redis does not work:',
      'The log of the app says why.',
    ],
    [{ bound: true, works: null }, '', 'You are not signed in.', ''],
    [null, '', 'Asking…', ''],
  ])('the headline is about Redis: %j', (redis, mood, text, note) => {
    expect(describeRedis(redis)).toMatchObject({ mood, text, note });
  });

  it('Redis that is away leaves its mark', () => {
    const timeline = follow(redis(0, false), redis(1000, true), redis(7000, false));
    expect(wordsOf(timeline)).toEqual(['Redis away 6 s']);
  });
});

describe('after a login', () => {
  const describeEnd = (reason: string, sessions = 'redis') => {
    const login = { name: 'over', user: 'alice', reason, at: Date.now() };
    return describeState({ login, timeline: createTimeline(), redis: null, sessions }, 0);
  };

  it.each([
    ['out', /^$/],
    ['elsewhere', /^The session was ended elsewhere, at \d+:\d\d/],
    ['ended', /^The session has ended\.$/],
    ['hidden', /^The session ended while this page was hidden\.$/],
    ['idle', /^No request came within the idle timeout\.$/],
    ['absolute', /^The session has reached its absolute timeout\.$/],
  ])('the headline says how it ended: %s', (reason, note) => {
    const said = { mood: '', text: 'alice is signed out.', title: 'alice is signed out.' };
    expect(describeEnd(reason)).toMatchObject({ ...said, note: expect.stringMatching(note) });
  });

  it('the headline says that it was lost, and why instances know only their own', () => {
    const lost = { mood: 'bad', text: 'alice’s login was lost.' };
    expect(describeEnd('lost')).toMatchObject({ ...lost, note: '' });
    const note = 'SESSIONS=memory: each instance knows only its own logins.';
    expect(describeEnd('lost', 'memory')).toMatchObject({ ...lost, note });
  });
});
