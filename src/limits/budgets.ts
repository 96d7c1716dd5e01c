/**
 * How much memory an instance takes at a time: 16 MB of its own, and 6 MB of Redis' for replies, with 8 MB
 * more for the operator.
 */

/** How much of an instance's 256 MB all large bodies and answers may take, with their copies. */
export const BODIES_AND_ANSWERS = {
  size: 16 * 1024 * 1024, // bytes
  patience: 2000, // milliseconds
  /** Each waiting request may have sent 128 KiB that nothing reads yet. */
  mostWaiting: 50,
  what: 'large bodies and answers',
};

/*
 * Redis keeps a reply in its own memory until it is sent, and that memory counts towards `maxmemory`:
 * for large replies, Redis evicts keys or refuses writes.
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

/** For the answers to one request of the operator: they are in memory a few times. */
export const OPERATOR_REPLIES = {
  size: 4 * 1024 * 1024, // bytes
  atATime: 2,
  patience: 5000, // milliseconds
  what: 'requests of operators',
};
