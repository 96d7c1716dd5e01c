/** All that the operator's page says, in English. */
import { formatNumber } from '../format.js';

const count = (number, one, many) => `${formatNumber(number)} ${number === 1 ? one : many}`;

const examined = ({ examined: some, of }) =>
  of === null
    ? `${formatNumber(some)} looked at`
    : `${formatNumber(some)} of ${formatNumber(of)} looked at`;

export const words = {
  title: (section) => `${section} · Operator`,
  sections: {
    keys: 'Keys',
    sessions: 'Sessions',
    redis: 'Redis',
    console: 'Console',
    channels: 'Channels',
  },

  // Signing in and out
  signIn: 'Sign in',
  signOut: 'Sign out',
  password: 'Operator password',
  idle: 'You are signed out after 15 minutes without a request.',
  endsIn: (left) => `Signs out in ${left} if idle`,
  signedOut: 'Your session has ended. Sign in again.',

  // What all sections say
  reading: 'Reading…',
  noAnswer: 'The app does not answer.',
  brokenOff: 'The answer broke off before its end.',
  cancelled: 'Cancelled. What was done until then stays done.',
  nextPage: 'Next page',
  refresh: 'Refresh',
  cancel: 'Cancel',
  close: 'Close',
  actions: 'Actions',
  nothing: '–',
  empty: '(empty)',
  hex: 'Bytes that are no text, in hexadecimal',
  beginning: (size) => ` … the beginning of ${size}`,
  roles: { primary: 'Primary', replica: 'Replica' },
  progress: 'Progress',
  passwordAgain: 'Your password again',

  // Keys
  key: 'Key',
  value: 'Value',
  types: {
    string: 'String',
    list: 'List',
    hash: 'Hash',
    set: 'Set',
    zset: 'Sorted set',
    stream: 'Stream',
  },
  fields: {
    index: 'Index',
    id: 'Id',
    field: 'Field',
    fields: 'Fields',
    value: 'Value',
    score: 'Score',
    end: 'Where',
  },
  atEnd: 'at the end',
  atBegin: 'at the beginning',
  pattern: 'Name or pattern',
  type: 'Type',
  anyType: 'Any type',
  search: 'Search',
  keyHeadings: ['Key', 'Type', 'Expires in', 'Memory', 'Length', 'Slot', 'Node'],
  choose: (key) => `Choose ${key}`,
  length: (type, length) =>
    type === 'string' ? count(length, 'byte', 'bytes') : count(length, 'element', 'elements'),
  pageOfKeys: ({ keys, own, cursor, ...page }) =>
    [
      `${count(keys.length, 'key', 'keys')}, ${examined(page)}${cursor === null ? ', to the end' : ''}.`,
      ownKeys(own),
    ]
      .filter(Boolean)
      .join(' '),
  newKey: 'New key…',
  make: 'Create',
  made: (key) => `${key} was created.`,
  ttlOptional: 'Expires in seconds (empty: never)',
  deleteChosen: 'Delete chosen…',
  deleteMatching: 'Delete by pattern…',
  deleteKeys: (number) => `Delete ${count(number, 'key', 'keys')}`,
  delete: 'Delete',
  deleted: (number) => `${count(number, 'key', 'keys')} deleted.`,
  count: 'Count',
  counting: (progress, isDone) =>
    `${count(progress.found, 'key matches', 'keys match')}${isDone ? '.' : `, ${examined(progress)} …`}`,
  deleting: ({ changed, ...progress }, isDone) =>
    `${count(changed, 'key', 'keys')} deleted${isDone ? '.' : `, ${examined(progress)} …`}`,

  // The tree
  prefixes: 'Prefixes',
  all: 'All keys',
  treeOf: ({ branches, sample, ...page }) =>
    [
      branches.some(({ path }) => path === null) ? '' : 'No further colon in these names.',
      sample ? `A sample: ${examined(page)}.` : '',
    ]
      .filter(Boolean)
      .join(' '),

  // One key
  backToKeys: '← Keys',
  expires: 'Expires',
  never: 'never',
  inTime: (time) => `in ${time}`,
  size: 'Size',
  memory: 'Memory',
  slot: 'Slot',
  readFrom: 'Read from',
  save: 'Save',
  add: 'Add',
  remove: 'Remove',
  removeOne: (name) => `Remove ${name}`,
  removeFirst: 'Remove the first',
  removeLast: 'Remove the last',
  changed: 'Changed.',
  expiresIn: 'Expires in seconds',
  setTtl: 'Set expiry',
  removeTtl: 'Remove expiry',
  deleteKey: 'Delete key…',
  compare: 'Compare primary and replicas',
  copies: 'As each server has it',
  comparison: (servers, isSame) => {
    if (servers < 2) return 'There is no replica.';
    return isSame ? `All ${servers} servers have the same.` : 'The servers differ.';
  },

  // Sessions
  sessionHeadings: ['User', 'Since', 'Signed in by', 'Last seen', 'Ends', ''],
  pageOfSessions: ({ sessions, ...page }) =>
    `${count(sessions.length, 'session', 'sessions')} of users${page.cursor === null ? '' : `, ${examined(page)}`}.`,
  end: 'End',
  endAllOf: 'End all',
  endOne: (user, since) => `End the session of ${user} since ${since}`,
  endAllOfUser: (user) => `End all sessions of ${user}`,
  endAllOfText: 'The user is signed out on all devices. Open pages notice within a second.',
  endAllDialog: 'End all sessions…',
  endAllSessions: 'End the sessions of all users',
  ending: ({ changed }, isDone) =>
    `${count(changed, 'session has', 'sessions have')} ended${isDone ? '.' : ' …'}`,
  endedSessions: (number) => `${count(number, 'session', 'sessions')} ended.`,

  charts: {
    commands: 'Commands per second',
    hits: 'Hit rate since the start',
    memory: 'Memory',
    clients: 'Clients',
    behind: 'Replica behind',
    lag: 'Replica silent for',
    seconds: (number) => `${number} s`,
    most: (value) => `highest in 5 minutes: ${value}`,
    summary: (name, now, most) => `${name}: ${now}; ${most}`,
    closed: 'The charts need DIAGNOSTICS=operator or open; here it is closed.',
    away: 'The charts wait for the app: trying again …',
    oneOfCluster: 'Commands, hits, memory and clients are those of one primary of the Cluster.',
  },

  redis: {
    good: 'Nothing to do.',
    commands: 'Commands',
    slowLog: 'Slow log',
    clients: 'Clients',
    sentinel: 'Sentinels',
    oneSentinel: 'Sentinel ',
    rights: 'Rights',
    commandHeadings: ['Command', 'Calls', 'Failed', 'Mean µs', 'p50 µs', 'p99 µs', 'p99.9 µs'],
    slowHeadings: ['At', 'Took', 'Command', 'Client'],
    clientHeadings: [
      'Address',
      'Name',
      'User',
      'Age',
      'Idle',
      'Last command',
      'Database',
      'Memory',
    ],
    rightHeadings: ['Missing', 'Needed for'],
    parts: {
      keys: 'listing keys',
      values: 'showing values',
      changes: 'changing keys',
      health: 'the health of Redis',
      console: 'the console',
      channels: 'channels',
    },
    noSlow: 'No slow commands.',
    milliseconds: (number) => `${number} ms`,
    missing: (missing, all) =>
      missing === 0
        ? `The user may do all that is offered here (${all} commands).`
        : `${missing} of ${all} commands are missing. This rule adds them:`,
    memory: (used, limit) => (limit ? `${used} of ${limit}` : `${used}, no limit`),
    whenFull: (policy) =>
      policy === 'noeviction' ? 'writes are refused (noeviction)' : `keys are evicted (${policy})`,
    connected: ({ connected_clients: now, blocked_clients: blocked, maxclients: most }) =>
      `${now}${most ? ` of ${most}` : ''}${Number(blocked) > 0 ? `, ${blocked} blocked` : ''}`,
    hits: (share, all) => `${share} of ${all} reads`,
    notSaved: 'none since the start',
    saved: (at, status) => `${at}${status === 'ok' ? '' : ', the last attempt failed'}`,
    aof: ({ aof_enabled: isOn, aof_last_write_status: status }) =>
      isOn === '1' ? `on${status === 'ok' ? '' : ', the last write failed'}` : 'off',
    link: ({ master_link_status: status, master_last_io_seconds_ago: ago }) =>
      status === 'up' ? `up, heard from ${ago} s ago` : 'lost',
    replica: (state, behind, lag) => `${state}, ${behind} bytes behind, heard from ${lag} s ago`,
    keyspace: ({ keys, expires }) =>
      `${count(Number(keys), 'key', 'keys')}, ${formatNumber(expires)} of them expire`,
    labels: {
      version: 'Version',
      uptime: 'Up for',
      memory: 'Memory',
      whenFull: 'When full',
      fragmentation: 'Fragmentation',
      evicted: 'Evicted keys',
      expired: 'Expired keys',
      clients: 'Clients',
      hits: 'Hits',
      lastSave: 'Last snapshot',
      unsaved: 'Changes since',
      aof: 'Append-only file',
      link: 'Link to primary',
      replica: (address) => `Replica ${address}`,
      primary: 'Primary',
      replicas: 'Replicas',
      others: 'Other Sentinels',
      needed: 'Quorum',
      quorum: 'Its check',
      user: 'User',
    },
  },

  console: {
    command: 'Command; several lines are one transaction',
    send: 'Send',
    write: 'May change data (write=yes)',
    keys: 'Enter sends, Shift+Enter begins a line',
    try: 'To try',
    refused:
      'Not sent from here: what administers Redis, blocks, is dangerous, is a script, or touches the keys of the app.',
    from: (node, isTransaction) => (isTransaction ? `${node}, one transaction` : node),
  },

  channels: {
    channel: 'Channel',
    listen: 'Listen',
    stop: 'Stop',
    publish: 'Publish',
    message: 'Message',
    notListening: 'Not listening.',
    opening: (channel) => `Opening the channel ${channel} …`,
    listening: (channel) => `Listening to ${channel}.`,
    refused: 'The app refuses to listen: the session has ended, or too many pages listen.',
    received: (number) => `Received by ${count(number, 'listener', 'listeners')}.`,
  },
};

/** The app's own keys, by their kinds. */
function ownKeys(own) {
  const kinds = Object.entries(own).map(([kind, number]) => `${kind}: ${formatNumber(number)}`);
  return kinds.length > 0 ? `Not listed, as they are the app’s own: ${kinds.join(', ')}` : '';
}
