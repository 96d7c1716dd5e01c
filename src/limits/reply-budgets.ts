/**
 * How much an instance asks Redis for at a time: 6 MB in all. Redis keeps a reply in its own memory
 * until it is sent, and that memory counts towards `maxmemory`: for large replies, Redis evicts keys or
 * refuses writes.
 */

/** Within the second in which a request is answered. */
const PATIENCE = 800; // milliseconds

/** For the values of keys. */
export const VALUE_REPLIES = {
  size: 2 * 1024 * 1024, // bytes
  patience: PATIENCE,
  what: 'reads',
};

/** For the records of sessions. */
export const SESSION_REPLIES = {
  size: 4 * 1024 * 1024, // bytes
  patience: PATIENCE,
  what: 'reads of sessions',
};
