/** All that the page says, in English. Values are formatted by format.js. */
import {
  formatAddress,
  formatBytes,
  formatList,
  formatNumber,
  formatSeconds,
  formatTime,
} from './format.js';

export const words = {
  app: 'redis-example-app',

  // The headline
  visitor: 'The visitor',
  asking: 'Asking…',
  stillSignedIn: (user) => `${user} is still signed in.`,
  redisIsAway: (user) => `Redis is away. ${user} is waiting`,
  nothingAnswers: (user) => `No instance answers. ${user} is waiting`,
  loginLost: (user) => `${user}’s login was lost.`,
  signedOut: (user) => `${user} is signed out.`,
  redisWorks: 'Redis works.',
  redisDoesNotWork: 'Redis does not work:',
  unbound: 'No Redis is bound.',
  notSignedIn: 'You are not signed in.',

  // The title of the window
  titleIn: (user, lost) => `${lost > 0 ? '✗' : '✓'} ${user}, ${formatNumber(lost)} lost`,
  titleLost: (user, lost) => `✗ ${user}, ${formatNumber(lost)} lost`,
  titleAway: (user) => `✗ Redis is away, ${user} waits`,
  titleSilent: (user) => `✗ No answer, ${user} waits`,

  // Below the headline
  mode: (sessions) =>
    sessions === 'memory' ? 'SESSIONS=memory: each instance knows only its own logins.' : '',
  reason: (reason, at) => REASONS[reason](at),
  seeLog: 'The log of the app says why.',
  noStream: 'No connection to the app: trying again…',
  numbers: (answers, instances) => [
    answers === 1 ? 'answer from' : 'answers from',
    instances === 1 ? 'instance' : 'instances',
    'lost',
  ],
  commands: (app) => [
    'cf create-service redis-sb shared-vm redis-service-instance',
    `cf bind-service ${app} redis-service-instance`,
    `cf restart ${app}`,
  ],

  // Buttons
  pause: 'Pause',
  goOn: 'Go on',
  copied: 'Copied',
  selected: 'Selected',
  guest: 'Continue as a guest',
  guestFailed: (text) => `A guest could not be signed in: ${text}`,
  endSession: (at) => `End the session since ${formatTime(at)}`,
  end: 'End',

  // The tape
  login: (user) => (user ? `${user}’s login` : 'No login yet'),
  lane: 'Instance ',
  tape: (user, indexes) =>
    `The last minute: ${user ? `the login of ${user}, and ` : ''}the answers of ${
      indexes.length > 0 ? `instances ${formatList(indexes.map(String))}` : 'no instance yet'
    }`,
  mark: (mark) => MARKS[mark.kind](mark),

  close: 'Close',

  // The controls of a foundry
  foundry: {
    kill: (index) => `Kill instance ${index}`,
    fewer: 'One instance fewer',
    more: 'One instance more',
    outage: (seconds) => `Redis off ${seconds} s`,
    gone: 'The foundry does not answer.',
    audience: 'QR code',
    qrCode: (url) => `QR code of ${url}`,
  },

  // The header
  summary: (instances, version, service) =>
    [
      instances > 0 && `${instances} ${instances === 1 ? 'instance' : 'instances'}`,
      version && `Redis ${version}`,
      service,
    ]
      .filter(Boolean)
      .join(' · '),

  // Instances
  headings: ['#', 'since', 'req/s', 'p95', 'memory', 'CPU'],
  life: (nth) => (nth > 1 ? ordinal(nth) : ''),
  notMeasured: 'Not measured at the moment.',

  // Redis
  works: 'Redis works',
  worksNot: 'Redis does not work',
  memory: (used, limit) =>
    limit ? `${formatBytes(used)} of ${formatBytes(limit)}` : `${formatBytes(used)}, no limit`,
  whenFull: (policy) =>
    policy === 'noeviction' ? 'refuses writes (noeviction)' : `evicts keys (${policy})`,
  failover: ({ at, from, to }) => `${formatTime(at)}, from ${from} to ${to}`,
  replica: ({ state, lag, behind }) =>
    `${state}, ${formatNumber(behind)} bytes behind${lag > 1 ? `, silent for ${lag} s` : ''}`,
  noSave: 'none yet',
  yes: 'yes',
  no: 'no',
  labels: {
    version: 'Version',
    memory: 'Memory',
    full: 'When full',
    role: 'Role',
    clients: 'Clients',
    commands: 'Commands/s',
    hits: 'Hit rate',
    service: 'Service',
    offering: 'Offering',
    plan: 'Plan',
    topology: 'Topology',
    nodes: 'Nodes',
    masterName: 'Master name',
    reader: 'Reader',
    readsFrom: 'Reads from',
    tls: 'TLS',
    userName: 'User name',
    database: 'Database',
    lastFailover: 'Last failover',
    lastSave: 'Last save',
    replica: (replica) => `Replica ${formatAddress(replica)}`,
    since: 'Since',
    begunBy: 'Begun by',
    endsIfIdle: 'Ends if idle',
    endsAnyway: 'Ends anyway',
  },

  topology: {
    app: 'App',
    primary: 'Primary',
    replica: 'Replica',
    node: 'Cluster node',
    redis: 'Redis',
    sentinel: 'Sentinel',
    reader: 'Reader',
    dead: '✕ Gone',
    summary: (app, isAway, servers, others) =>
      `${app} ${isAway ? 'cannot reach' : 'uses'} ${formatList(servers)}.` +
      (others.length > 0 ? ` Beside: ${formatList(others)}.` : ''),
  },

  // Keys
  noAnswer: 'The app does not answer.',
  answered: (status, text, rest) =>
    `${status} ${text}${rest > 0 ? `… and ${rest} characters more` : ''}`,
  by: (index, milliseconds) => ` · instance ${index}, ${milliseconds}`,

  // The account
  bySomeInstance: (instance) => `instance ${instance}`,
  within: (left, whole) => `in ${left} (of ${whole})`,
  sessionSince: (at) => `Since ${formatTime(at)}`,
  thisOne: 'This one',
  lastSeen: (instance, at) =>
    `${instance ? `instance ${instance}, ` : ''}last seen ${formatTime(at)}`,
  ended: (count) => (count === 1 ? '1 session ended.' : `${count} sessions ended.`),
  didNotWork: 'That did not work.',

  // What the operator has closed
  diagnostics: {
    closed: 'Closed to the public here (DIAGNOSTICS=closed).',
    operator: 'For the operator alone (DIAGNOSTICS=operator), who signs in at /operator/.',
  },
  keys: {
    closed: 'Keys are closed here (KEYS=closed).',
    'signed-in': 'Keys are for signed-in users here (KEYS=signed-in).',
  },
};

const REASONS = {
  out: () => '',
  elsewhere: (at) => `The session was ended elsewhere, at ${formatTime(at)}.`,
  ended: () => 'The session has ended.',
  hidden: () => 'The session ended while this page was hidden.',
  idle: () => 'No request came within the idle timeout.',
  absolute: () => 'The session has reached its absolute timeout.',
};

const MARKS = {
  killed: ({ indexes }) => `${instances(indexes)} killed`,
  replaced: ({ indexes }) => `${instances(indexes)} replaced`,
  scaled: ({ count }) => `scaled to ${count}`,
  away: ({ duration }) =>
    duration === null ? 'Redis away' : `Redis away ${formatSeconds(duration)}`,
  primary: () => 'new primary',
};

function instances(indexes) {
  const isRun = indexes.length > 2 && indexes.at(-1) - indexes[0] === indexes.length - 1;
  const list = isRun ? `${indexes[0]}–${indexes.at(-1)}` : formatList(indexes.map(String));
  return `${indexes.length === 1 ? 'instance' : 'instances'} ${list}`;
}

function ordinal(number) {
  const suffixes = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
  return `${number}${suffixes[ORDINALS.select(number)]}`;
}

const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });
