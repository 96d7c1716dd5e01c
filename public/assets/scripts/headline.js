/** The one sentence that is the state, as a function of all that the page knows. */
import { formatSeconds, formatTime } from './format.js';
import { lastLoss, SILENCE, SPAN } from './timeline.js';
import { words } from './words.js';

/**
 * Returns the mood (`good`, `bad` or ''), the text that a screen reader says when it changes, what is
 * added to it without a word (the seconds of waiting), a note below, and the title of the window.
 */
export function describeState({ login, timeline, redis, sessions }, now) {
  switch (login.name) {
    case 'in':
      return describeLogin(login.user, timeline, sessions, now);
    case 'over':
      return describeEnd(login, timeline, sessions);
    default:
      return describeRedis(redis);
  }
}

function describeLogin(user, timeline, sessions, now) {
  if (lastLoss(timeline) > now - SPAN) return describeLoss(user, timeline, sessions);
  if (timeline.awaySince !== null)
    return describeWaiting(words.redisIsAway(user), timeline.awaySince, words.titleAway(user), now);
  if (timeline.unansweredSince !== null && now - timeline.unansweredSince > SILENCE)
    return describeWaiting(
      words.nothingAnswers(user),
      timeline.unansweredSince,
      words.titleSilent(user),
      now,
    );
  return {
    ...NOTHING,
    mood: 'good',
    text: words.stillSignedIn(user),
    note: words.mode(sessions),
    title: words.titleIn(user, timeline.lost),
  };
}

function describeLoss(user, { lost }, sessions) {
  return {
    ...NOTHING,
    mood: 'bad',
    text: words.loginLost(user),
    note: words.mode(sessions),
    title: words.titleLost(user, lost),
  };
}

function describeWaiting(text, since, title, now) {
  const waiting = `: ${formatSeconds(now - since)}`;
  return { ...NOTHING, mood: 'bad', text, waiting, title };
}

function describeEnd({ user, reason, at }, timeline, sessions) {
  if (reason === 'lost') return describeLoss(user, timeline, sessions);
  const text = words.signedOut(user);
  return { ...NOTHING, text, note: words.reason(reason, formatTime(at)), title: text };
}

function describeRedis(redis) {
  if (!redis) return { ...NOTHING, text: words.asking, title: words.app };
  if (!redis.bound) return { ...NOTHING, mood: 'bad', text: words.unbound, title: words.unbound };
  if (redis.works === null) return { ...NOTHING, text: words.notSignedIn, title: words.app };
  if (redis.works)
    return { ...NOTHING, mood: 'good', text: words.redisWorks, title: words.redisWorks };
  return {
    ...NOTHING,
    mood: 'bad',
    text: words.redisDoesNotWork,
    note: redis.problem ?? words.seeLog,
    title: words.redisDoesNotWork,
  };
}

const NOTHING = { mood: '', text: '', waiting: '', note: '', title: '' };
