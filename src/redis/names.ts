/** The names of what this app keeps in Redis. */

/** All of them begin so, and the key routes refuse what does. */
export const OWN_PREFIX = '_app:';
