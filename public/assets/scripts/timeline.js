/**
 * What has happened to the login and to the instances, as a function of events: `advance` returns the
 * next timeline and changes none. All times are milliseconds of one clock that only goes forward.
 */

/** What the tape shows. */
export const SPAN = 60_000; // milliseconds
/** An instance that has sent no heartbeat for longer is dead. They come each second. */
export const SILENCE = 1500; // milliseconds
/** After Redis was away, instances have this time for their next heartbeat. */
const GRACE = 2500; // milliseconds
/** The past is kept a little longer than it is shown. */
const KEPT = SPAN + 5000; // milliseconds
/** An entry that vanishes after less silence was removed by its instance. */
const REMOVED = 3000; // milliseconds
/** What happens within this time of the same kind is one mark. */
const MERGED = { away: 2000, killed: 2000, scaled: 5000, replaced: 10_000 }; // milliseconds

export function createTimeline() {
  return {
    /** Who is signed in, and since when the page has counted; null before a sign-in. */
    user: null,
    since: null,
    until: null,
    answers: 0,
    lost: 0,
    /** The short GUIDs of the instances that have answered for the session. */
    servedBy: [],
    /** Pieces of the login's line: `held`, `away` or `lost`. `to` is null for the one that goes on. */
    login: [],
    ticks: [],
    /** Each life of an instance; `end` is null, `killed` or `left`. */
    lives: [],
    /** How many lives each index has had. */
    counts: {},
    marks: [],
    /** Indexes that have an instance, or will have one again after a kill. */
    expected: [],
    hasList: false,
    awaySince: null,
    backAt: -Infinity,
    unansweredSince: null,
    failover: undefined,
  };
}

/** `event` has a `type` and the time `at` of the page's clock. */
export function advance(timeline, event) {
  return forget(CHANGES[event.type](timeline, event), event.at);
}

/** Whether the session is known, as its last answers say: `held`, `away`, `lost` or null. */
export function loginKind({ login }) {
  const last = login.at(-1);
  return last && last.to === null ? last.kind : null;
}

/** When an answer last did not know the session; -Infinity for never. */
export function lastLoss({ ticks }) {
  return ticks.findLast(({ outcome }) => outcome === 'lost')?.at ?? -Infinity;
}

/** The instances that run now, one for each index: the newest. */
export function listRunning({ lives }) {
  const newest = new Map(lives.filter(({ end }) => end === null).map((life) => [life.index, life]));
  return [...newest.values()].sort((a, b) => a.index - b.index);
}

/** The indexes that have something to show. */
export function listLanes({ lives }, now) {
  const shown = lives.filter(({ to }) => to === null || to > now - SPAN);
  return indexesOf(shown);
}

const CHANGES = {
  'signed-in': signIn,
  'signed-out': signOut,
  answer: hearAnswer,
  redis: hearRedis,
  instances: hearInstances,
};

function signIn(timeline, { at, user }) {
  if (timeline.user === user && timeline.until === null) return timeline;
  const begun = { user, since: at, until: null, answers: 0, lost: 0, servedBy: [] };
  const ticks = timeline.ticks.filter(({ outcome }) => outcome !== 'lost');
  return continueLogin({ ...timeline, ...begun, ticks }, 'held', at);
}

function signOut(timeline, { at }) {
  if (timeline.since === null || timeline.until !== null) return timeline;
  return { ...endLogin(timeline, at), until: at, awaySince: null, unansweredSince: null };
}

/**
 * The outcome is one of those of `judge` in answer.js. A loss is believed some time after its answer came,
 * at `answeredAt`.
 */
function hearAnswer(timeline, { at, askedAt = at, answeredAt = at, outcome, instance }) {
  if (timeline.since === null || timeline.until !== null) return timeline;
  if (!instance) return hearSilence(timeline, at, askedAt);
  const guid = instance.guid.slice(0, 8);
  const heard = hearLife(timeline, { at, index: instance.index, guid });
  const ticks = [...heard.ticks, { at, index: instance.index, guid, outcome }];
  const answered = { ...heard, ticks, unansweredSince: null };
  return hearOutcome(answered, { outcome, guid, at, askedAt, answeredAt });
}

function hearOutcome(timeline, { outcome, guid, at, askedAt, answeredAt }) {
  const { answers, lost, servedBy } = timeline;
  switch (outcome) {
    case 'good': {
      const all = servedBy.includes(guid) ? servedBy : [...servedBy, guid];
      const known = { ...timeline, answers: answers + 1, servedBy: all };
      return continueLogin(endAway(known, at), 'held', at);
    }
    case 'lost': {
      const counted = { ...timeline, answers: answers + 1, lost: lost + 1 };
      return continueLogin(endAway(counted, answeredAt), 'lost', at);
    }
    case 'away':
      return continueLogin(beginAway(timeline, askedAt), 'away', askedAt);
    default:
      return timeline;
  }
}

/** One answer that does not come says nothing yet: an instance was killed, perhaps. */
function hearSilence(timeline, at, askedAt) {
  const unansweredSince = timeline.unansweredSince ?? askedAt;
  const silent = { ...timeline, unansweredSince };
  return at - unansweredSince < SILENCE ? silent : continueLogin(silent, 'away', unansweredSince);
}

/** Ends the piece that goes on, and begins the next one, unless it is of the same kind. */
function continueLogin(timeline, kind, from) {
  if (loginKind(timeline) === kind) return timeline;
  const ended = endLogin(timeline, from);
  return { ...ended, login: [...ended.login, { kind, from, to: null }] };
}

function endLogin(timeline, to) {
  if (loginKind(timeline) === null) return timeline;
  const last = timeline.login.at(-1);
  const login = [...timeline.login.slice(0, -1), { ...last, to: Math.max(last.from, to) }];
  return { ...timeline, login };
}

/** An outage that seemed to be over a moment ago goes on. */
function beginAway(timeline, at) {
  if (timeline.awaySince !== null) return timeline;
  const last = timeline.marks.findLast(({ kind }) => kind === 'away');
  const isSame = last && at - last.at - (last.duration ?? 0) < MERGED.away;
  const mark = { kind: 'away', at: isSame ? last.at : at, duration: null };
  const others = isSame ? timeline.marks.filter((each) => each !== last) : timeline.marks;
  return { ...timeline, awaySince: mark.at, marks: [...others, mark] };
}

function endAway(timeline, at) {
  if (timeline.awaySince === null) return timeline;
  const duration = at - timeline.awaySince;
  const marks = timeline.marks.map((mark) =>
    mark.kind === 'away' && mark.duration === null ? { ...mark, duration } : mark,
  );
  return { ...timeline, awaySince: null, backAt: at, marks };
}

/** While a user is signed in, the answers of all instances say more than the stream of one. */
function hearRedis(timeline, { at, isAway, failover }) {
  const isAsking = timeline.since !== null && timeline.until === null;
  if (isAsking) return hearFailover(timeline, at, failover);
  const changed = isAway ? beginAway(timeline, at) : endAway(timeline, at);
  return hearFailover(changed, at, failover);
}

/** Each instance notices a failover by itself, and at its own time. */
function hearFailover(timeline, at, failover) {
  if (!failover) return timeline.failover === undefined ? { ...timeline, failover } : timeline;
  const known = timeline.failover;
  const isFirst = known === undefined;
  const isSame = known && known.from === failover.from && known.to === failover.to;
  if (isSame) return timeline;
  const marks = isFirst ? timeline.marks : [...timeline.marks, { kind: 'primary', at }];
  return { ...timeline, failover, marks };
}

/** An answer shows that its instance lives, also where no list says so. */
function hearLife(timeline, { at, index, guid }) {
  const lives = timeline.lives.map((life) =>
    life.guid === guid && life.end === null
      ? { ...life, heardAt: Math.max(life.heardAt, at) }
      : life,
  );
  if (lives.some((life) => life.guid === guid)) return { ...timeline, lives };
  const replaced = timeline.hasList ? lives : lives.map(endUnlisted);
  return addLife({ ...timeline, lives: replaced }, { index, guid, from: at, heardAt: at });

  /** Without a list, a successor is all that shows the end of an instance. */
  function endUnlisted(life) {
    return life.index === index && life.end === null
      ? { ...life, end: 'left', to: life.heardAt }
      : life;
  }
}

function addLife(timeline, life) {
  const count = (timeline.counts[life.index] ?? 0) + 1;
  const lives = [
    ...timeline.lives,
    { isListed: false, status: null, to: null, end: null, nth: count, ...life },
  ];
  return { ...timeline, lives, counts: { ...timeline.counts, [life.index]: count } };
}

/** While Redis is away, and shortly after, an instance that is not heard of may be well. */
function hearInstances(timeline, { at, list }) {
  // All entries expire while Redis is away: an empty list says nothing about the instances
  if (list.length === 0) return timeline;
  const isSettled = timeline.awaySince === null && at - timeline.backAt > GRACE;
  const entries = list.map((entry) => ({ ...entry, guid: entry.guid.slice(0, 8) }));
  const known = entries.reduce((all, entry) => hearEntry(all, at, entry), timeline);
  const lives = isSettled ? known.lives.map((life) => endSilent(life, at, entries)) : known.lives;
  return markChanges(timeline, { ...known, lives, hasList: true }, at);
}

function hearEntry(timeline, at, { index, guid, uptime, silence, leaving, ...status }) {
  const heardAt = at - silence;
  const isKnown = timeline.lives.some((life) => life.guid === guid);
  const added = isKnown ? timeline : addLife(timeline, { index, guid, from: at - uptime, heardAt });
  const lives = added.lives.map((life) => (life.guid === guid ? update(life) : life));
  return { ...added, lives };

  function update(life) {
    const heard = {
      ...life,
      isListed: true,
      status,
      from: Math.min(life.from, at - uptime),
      heardAt: Math.max(life.heardAt, heardAt),
    };
    if (leaving) return life.end === 'left' ? life : { ...heard, end: 'left', to: heardAt };
    // It was late, not dead
    if (life.end !== null && silence < SILENCE) return { ...heard, end: null, to: null };
    return heard;
  }
}

function endSilent(life, at, entries) {
  if (life.end !== null || !life.isListed) return life;
  const silence = at - life.heardAt;
  const isThere = entries.some(({ guid }) => guid === life.guid);
  if (silence > (isThere ? SILENCE : REMOVED)) return { ...life, end: 'killed', to: life.heardAt };
  return isThere ? life : { ...life, end: 'left', to: life.heardAt };
}

/** Compares the lives before and after a list, for the words on the tape. */
function markChanges(before, after, at) {
  const expected = expectedAfter(before, after);
  const changed = { ...after, expected };
  if (!before.hasList) return changed;
  const ended = after.lives.filter(
    (life) => life.end && !before.lives.some((old) => old.guid === life.guid && old.end),
  );
  const revived = before.lives.filter(
    (life) =>
      life.end === 'killed' &&
      after.lives.some(({ guid, end }) => guid === life.guid && end === null),
  );
  const born = after.lives.filter(({ guid }) => !before.lives.some((life) => life.guid === guid));
  const killed = ended.filter(({ end }) => end === 'killed');
  const replaced = born.filter(
    (life) => before.expected.includes(life.index) && isAmongLiving(after, life),
  );
  const growth = Math.sign(expected.length - before.expected.length);

  let marks = unmark(after.marks, revived);
  if (killed.length > 0) {
    const diedAt = Math.max(...killed.map(({ to }) => to));
    marks = addMark(marks, { kind: 'killed', at: diedAt, indexes: indexesOf(killed) }, at);
  }
  if (replaced.length > 0)
    marks = addMark(marks, { kind: 'replaced', at, indexes: indexesOf(replaced) }, at);
  if (growth !== 0)
    marks = addMark(
      marks,
      { kind: 'scaled', at: growth > 0 ? firstOf(born, at) : at, growth, count: expected.length },
      at,
    );
  return { ...changed, marks };
}

function firstOf(lives, at) {
  return Math.min(at, ...lives.map(({ from }) => from));
}

function expectedAfter({ expected }, { lives }) {
  const last = new Map(lives.map((life) => [life.index, life.end]));
  const awaited = expected.filter((index) => last.get(index) !== 'left');
  return indexesOf([
    ...lives.filter(({ end }) => end === null),
    ...awaited.map((index) => ({ index })),
  ]);
}

/** The successor of one that was killed is not worth a word: the mark of the kill says it. */
function isAmongLiving({ lives }, { guid, index }) {
  return lives.some(
    (other) => other.index === index && other.guid !== guid && other.end !== 'killed',
  );
}

/** Joins a mark with the last one of its kind, if that was changed a moment ago. */
function addMark(marks, mark, changedAt) {
  const last = marks.findLast(({ kind }) => kind === mark.kind);
  const isMerged =
    last && changedAt - last.changedAt < MERGED[mark.kind] && last.growth === mark.growth;
  if (!isMerged) return [...marks, { ...mark, changedAt }];
  const indexes =
    mark.indexes && indexesOf([...last.indexes, ...mark.indexes].map((index) => ({ index })));
  const joined = { ...mark, at: last.at, indexes, changedAt };
  return marks.map((each) => (each === last ? joined : each));
}

function indexesOf(lives) {
  return [...new Set(lives.map(({ index }) => index))].sort((a, b) => a - b);
}

/** Takes back what was said of instances that were late, not dead. */
function unmark(marks, revived) {
  if (revived.length === 0) return marks;
  const indexes = revived.map(({ index }) => index);
  return marks
    .map((mark) =>
      mark.kind === 'killed'
        ? { ...mark, indexes: mark.indexes.filter((index) => !indexes.includes(index)) }
        : mark,
    )
    .filter(({ kind, indexes: left }) => kind !== 'killed' || left.length > 0);
}

function forget(timeline, at) {
  const oldest = at - KEPT;
  const isRecent = ({ to }) => to === null || to > oldest;
  return {
    ...timeline,
    login: timeline.login.filter(isRecent),
    lives: timeline.lives.filter(isRecent),
    ticks: timeline.ticks.filter((tick) => tick.at > oldest),
    marks: timeline.marks.filter((mark) => mark.at > oldest),
  };
}
