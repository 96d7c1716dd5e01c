/** Commands to try, in the order in which a walk through Redis meets its types. */

interface Lesson {
  title: string;
  /** What is to be seen. */
  says: string;
  /** Each is sent by itself, and may have several lines. */
  commands: string[];
}

export const LESSONS: Lesson[] = [
  {
    title: 'Strings',
    says: 'A string holds any bytes, and counts if it is a number.',
    commands: [
      'SET try:string "hello"',
      'GET try:string',
      'SET try:count 1',
      'INCRBY try:count 41',
    ],
  },
  {
    title: 'Lists',
    says: 'A list keeps its order: a queue has one end for what comes and one for what goes.',
    commands: ['RPUSH try:list one two three', 'LRANGE try:list 0 9', 'LPOP try:list'],
  },
  {
    title: 'Hashes',
    says: 'A hash has fields, each of which changes by itself.',
    commands: [
      'HSET try:hash name Alice age 41',
      'HINCRBY try:hash age 1',
      'HMGET try:hash name age',
    ],
  },
  {
    title: 'Sets',
    says: 'A set has each member once.',
    commands: ['SADD try:set a b c', 'SADD try:set a', 'SCARD try:set', 'SISMEMBER try:set b'],
  },
  {
    title: 'Sorted sets',
    says: 'A sorted set keeps its members by score: a ranking.',
    commands: [
      'ZADD try:ranking 10 ann 20 ben 15 cem',
      'ZRANGE try:ranking 0 -1 WITHSCORES',
      'ZREVRANK try:ranking cem',
    ],
  },
  {
    title: 'Streams',
    says: 'A stream is a log: entries have the time in their id.',
    commands: ['XADD try:stream * sensor 1 value 20.5', 'XRANGE try:stream - + COUNT 5'],
  },
  {
    title: 'Expiry',
    says: 'A key with an expiry is gone by itself, as sessions are.',
    commands: [
      'SET try:short soon-gone EX 10',
      'TTL try:short',
      'PERSIST try:short',
      'TTL try:short',
    ],
  },
  {
    title: 'Transactions',
    says: 'Several lines are one transaction: no other client comes between. In a Cluster, the part of a key in braces keeps keys together.',
    commands: [
      'SET try:{bank}:a 100\nSET try:{bank}:b 0',
      'DECRBY try:{bank}:a 30\nINCRBY try:{bank}:b 30',
    ],
  },
  {
    title: 'Publish and subscribe',
    says: 'A message reaches those who listen now. Listen to the channel try on the page of channels first.',
    commands: ['PUBLISH try hello'],
  },
];
