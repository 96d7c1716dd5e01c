/** The names of what this app keeps in Redis. */

/** The key routes refuse keys that begin with this prefix. */
export const OWN_PREFIX = '_app:';

const SESSION_PREFIX = `${OWN_PREFIX}s:`;

/** A session's record. With a handle of 22 characters, the key has the cheapest size in Redis. */
export const sessionKey = (handle: string) => `${SESSION_PREFIX}${handle}`;

export const handleIn = (key: string) => key.slice(SESSION_PREFIX.length);

/** A sorted set: the handles of an account's sessions, by the time at which each ends at the latest. */
export const accountSessionsKey = (account: string) => `${OWN_PREFIX}u:${account}`;

export const accountKey = (name: string) => `${OWN_PREFIX}a:${name}`;

/** Counters of sign-ins and sign-ups. */
export const THROTTLE_PREFIX = `${OWN_PREFIX}t`;

/** A hash: the status of each running instance. */
export const INSTANCES_KEY = `${OWN_PREFIX}instances`;

/** The channel for the handles of sessions that were ended, separated by spaces. */
export const ENDED_CHANNEL = `${OWN_PREFIX}ended`;

/** Keys that are stored, read and removed to see if Redis works. */
export const PROBE_PREFIX = `${OWN_PREFIX}probe:`;
