/** English: all that the page, its forms and the operator's room say. */

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });
const ORDINAL_SUFFIXES = { one: 'st', two: 'nd', few: 'rd', other: 'th' };

export const tag = 'en';
export const name = 'English';
/** That of the browser. */
export const hourCycle = undefined;

/** The app's own sentences are English. */
export const translate = (sentence) => sentence;

/** What stands in the HTML, by the names in its braces. */
export const html = {
  page: {
    account: 'Account',
    signIn: 'Sign in',
    signUp: 'Sign up',
    signOut: 'Sign out',
    asking: 'Asking…',
    answersFrom: 'answers from',
    instancesWord: 'instances',
    lost: 'lost',
    guest: 'Continue as a guest',
    beforeSignUp: 'or',
    signUpInstead: 'sign up',
    afterSignUp: 'with a name of yours',
    noLogin: 'No login yet',
    lanes: 'Lanes of the tape',
    pause: 'Pause',
    fullScreen: 'Full screen',
    minuteAgo: '1 minute ago',
    now: 'now',
    bindOne: 'Bind one with these commands:',
    copy: 'Copy',
    instances: 'Instances',
    details: 'Details',
    keys: 'Keys',
    key: 'Key',
    keyRule: 'Anything but one or two dots alone, which cannot stand in a URL',
    value: 'Value',
    put: 'Put',
    get: 'Get',
    delete: 'Delete',
    sameWithCurl: 'The same with curl',
    copyCurl: 'Copy curl',
    redisDetails: 'Redis in detail',
    operatorLink: 'Look into Redis as the operator',
    close: 'Close',
    yourAccount: 'Your account',
    yourSessions: 'Your sessions',
    signOutEverywhere: 'Sign out everywhere',
    changePassword: 'Change password',
    deleteAccount: 'Delete account',
    withoutScripts: 'Without scripts, the same facts are at this address for curl.',
  },
  operator: {
    operator: 'Operator',
    sections: 'Sections',
    withoutScripts: 'Without scripts, the same is at /operator/… for curl.',
  },
  form: {
    userName: 'User name',
    passwordLabel: 'Password',
    newPassword: 'New password',
  },
};

/** The forms of /session/…, by the ends of their paths. */
export const forms = {
  'sign-in': { title: 'Sign in', explanation: '' },
  'sign-up': { title: 'Sign up', explanation: '' },
  'change-password': {
    title: 'Change password',
    explanation: 'Ends your sessions on all other devices.',
  },
  'delete-account': {
    title: 'Delete account',
    explanation:
      'Ends your sessions on all devices, with all that is in them, and frees your name.',
  },
  back: { title: 'Back' },
};

/** What the scripts of the visitor's page say. Times, sizes and durations come formatted. */
export const words = {
  app: 'redis-example-app',

  units: {
    hours: (number) => `${number} h`,
    minutes: (number) => `${number} min`,
    seconds: (number) => `${number} s`,
    bytes: (number) => `${NUMBER.format(number)} ${number === 1 ? 'byte' : 'bytes'}`,
    of: (used, limit) => `${used} of ${limit}`,
  },

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
  titleIn: (user, lost) => `${lost > 0 ? '✗' : '✓'} ${user}, ${NUMBER.format(lost)} lost`,
  titleLost: (user, lost) => `✗ ${user}, ${NUMBER.format(lost)} lost`,
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
  ],

  // Buttons
  pause: 'Pause',
  goOn: 'Go on',
  copied: 'Copied',
  selected: 'Selected',
  guestFailed: (text) => `A guest could not be signed in: ${text}`,
  endSession: (at) => `End the session since ${at}`,
  end: 'End',
  close: 'Close',

  // The tape
  login: (user) => (user ? `${user}’s login` : 'No login yet'),
  lane: 'Instance ',
  tape: (user, indexes) =>
    `The last minute: ${user ? `the login of ${user}, and ` : ''}the answers of ${
      indexes.length > 0 ? `instances ${LIST.format(indexes.map(String))}` : 'no instance yet'
    }`,
  mark: (mark) => MARKS[mark.kind](mark),

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
  life: (nth) => (nth > 1 ? `${nth}${ORDINAL_SUFFIXES[ORDINALS.select(nth)]}` : ''),
  notMeasured: 'Not measured at the moment.',

  // Redis
  works: 'Redis works',
  worksNot: 'Redis does not work',
  memory: (used, limit) => (limit ? `${used} of ${limit}` : `${used}, no limit`),
  whenFull: (policy) =>
    policy === 'noeviction' ? 'refuses writes (noeviction)' : `evicts keys (${policy})`,
  failover: ({ at, from, to }) => `${at}, from ${from} to ${to}`,
  replica: ({ state, lag, behind }) =>
    `${state}, ${NUMBER.format(behind)} bytes behind${lag > 1 ? `, silent for ${lag} s` : ''}`,
  noSave: 'none yet',
  yes: 'yes',
  no: 'no',
  role: (role) => role,
  kind: (topology) => topology,
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
    replica: (address) => `Replica ${address}`,
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
      `${app} ${isAway ? 'cannot reach' : 'uses'} ${LIST.format(servers)}.` +
      (others.length > 0 ? ` Beside: ${LIST.format(others)}.` : ''),
  },

  // Keys
  noAnswer: 'The app does not answer.',
  answered: (status, text, rest) =>
    `${status} ${text}${rest > 0 ? `… and ${rest} characters more` : ''}`,
  by: (index, milliseconds) => ` · instance ${index}, ${milliseconds}`,

  // The account
  bySomeInstance: (instance) => `instance ${instance}`,
  within: (left, whole) => `in ${left} (of ${whole})`,
  sessionSince: (at) => `Since ${at}`,
  thisOne: 'This one',
  lastSeen: (instance, at) => `${instance ? `instance ${instance}, ` : ''}last seen ${at}`,
  ended: (number) => (number === 1 ? '1 session ended.' : `${number} sessions ended.`),
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
  elsewhere: (at) => `The session was ended elsewhere, at ${at}.`,
  ended: () => 'The session has ended.',
  hidden: () => 'The session ended while this page was hidden.',
  idle: () => 'No request came within the idle timeout.',
  absolute: () => 'The session has reached its absolute timeout.',
};

const MARKS = {
  killed: ({ indexes }) => `${instances(indexes)} killed`,
  replaced: ({ indexes }) => `${instances(indexes)} replaced`,
  scaled: ({ count }) => `scaled to ${count}`,
  away: ({ duration }) => (duration === null ? 'Redis away' : `Redis away ${duration}`),
  primary: () => 'new primary',
};

function instances(indexes) {
  const isRun = indexes.length > 2 && indexes.at(-1) - indexes[0] === indexes.length - 1;
  const list = isRun ? `${indexes[0]}–${indexes.at(-1)}` : LIST.format(indexes.map(String));
  return `${indexes.length === 1 ? 'instance' : 'instances'} ${list}`;
}

const count = (number, one, many) => `${NUMBER.format(number)} ${number === 1 ? one : many}`;

const examined = ({ examined: some, of }) =>
  of === null
    ? `${NUMBER.format(some)} looked at`
    : `${NUMBER.format(some)} of ${NUMBER.format(of)} looked at`;

/** What the operator's room says. */
export const operator = {
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
      `${count(Number(keys), 'key', 'keys')}, ${NUMBER.format(expires)} of them expire`,
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
  const kinds = Object.entries(own).map(([kind, number]) => `${kind}: ${NUMBER.format(number)}`);
  return kinds.length > 0 ? `Not listed, as they are the app’s own: ${kinds.join(', ')}` : '';
}
