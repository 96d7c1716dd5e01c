/** The names of what this app keeps in Redis. */

/** All of them begin so, and the key routes refuse what does. */
export const OWN_PREFIX = '_app:';

const SESSION_PREFIX = `${OWN_PREFIX}s:`;

/** A session's record. With a handle of 22 characters it stays in the cheapest size of a key. */
export const sessionKey = (handle: string) => `${SESSION_PREFIX}${handle}`;

export const handleIn = (key: string) => key.slice(SESSION_PREFIX.length);

/** The handles of an account's sessions, sorted by the time at which each ends at the latest. */
export const accountSessionsKey = (account: string) => `${OWN_PREFIX}u:${account}`;

export const accountKey = (name: string) => `${OWN_PREFIX}a:${name}`;

/** Counters of sign-ins and sign-ups. */
export const THROTTLE_PREFIX = `${OWN_PREFIX}t`;

/** How each running instance is. */
export const INSTANCES_KEY = `${OWN_PREFIX}instances`;

/** The channel that tells which sessions were ended: their handles, with spaces between. */
export const ENDED_CHANNEL = `${OWN_PREFIX}ended`;
