/** Explains errors of Redis in words that an operator can act on. */
import type { Login } from '../connection.ts';
import { OWN_PREFIX } from './names.ts';

/** For a connection that was closed and has reported no error. */
export const CLOSED = new Error('closed by the server');

const REBIND = 'Bind the service anew and restart: cf unbind-service, cf bind-service, cf restart';

const DATABASE_REFUSED = /DB index is out of range|SELECT is not allowed|invalid DB index/i;

/** Continues "Redis …", or another subject. */
type Explanation = string | ((error: Error) => string);

/** Patterns for an error's code and message, tried in this order. */
const EXPLANATIONS: [RegExp, Explanation][] = [
  // The network
  [
    /ECONNREFUSED/,
    'refuses connections: nothing listens there. Is the service running, and does the binding still name its host and port?',
  ],
  [/ENOTFOUND|EAI_AGAIN/, explainUnknownHost],
  [
    /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    'does not answer. Does an application security group forbid the connection (cf security-groups)?',
  ],
  [
    /Socket timeout|timed out/i,
    'accepts connections but does not answer in time. Does it hang, or is something else listening there?',
  ],
  [
    /Unknown RESP type|Protocol error/,
    'does not listen at this port: something answers there that is not Redis. Does the binding name the right host and port?',
  ],

  // The login
  [
    /WRONGPASS|invalid password|invalid username-password|without any password/i,
    `refuses the user name or password of the binding. ${REBIND}`,
  ],
  [/NOAUTH/, `wants a password, and the binding has none. ${REBIND}`],
  [
    /^DENIED|protected mode/,
    'is in protected mode, which refuses connections from other machines. The operator should give it a password (requirepass), or turn protected-mode off',
  ],
  [/NOPERM/, explainMissingRight],
  [
    /user executing the script can't/,
    'does not give its user the right to a command that this app runs in a script. docs/redis.md has the rule that the user needs (ACL SETUSER)',
  ],
  [/unknown command/i, explainUnknownCommand],

  // TLS
  [/CERT_HAS_EXPIRED/, 'shows a certificate that has expired. The operator must renew it'],
  [
    /CERT_NOT_YET_VALID/,
    'shows a certificate that is not valid yet. Is the clock of the instance right?',
  ],
  [/ERR_TLS_CERT_ALTNAME_INVALID/, explainOtherName],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE/,
    'shows a certificate of an authority that this app does not trust. The binding (field "ca") or the platform should bring the certificate of that authority',
  ],
  [
    /ALERT_CERTIFICATE|CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|UNKNOWN_CA|BAD_CERTIFICATE/i,
    'breaks off the TLS handshake. Does it want a client certificate, or another one than the binding brings?',
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS/, 'does not speak this version of TLS'],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|EPROTO/,
    'does not speak TLS at this port. Is it the port for plain connections?',
  ],
  [
    /ECONNRESET|EPIPE|disconnected before secure/,
    'closes the connection. Does this port expect TLS or, over TLS, a client certificate? Or does the server restart?',
  ],
  [
    /closed by the server/,
    'closes the connection without an answer. Does it restart, or is something else listening there?',
  ],

  // The kind of server
  [
    /^(MOVED|CROSSSLOT)/,
    'is a Cluster, but the binding describes a single server. The binding should have the field "cluster_mode" with the value true',
  ],
  [
    /cluster support disabled/,
    'is a single server, but the binding describes a Cluster. The field "cluster_mode" of the binding should be false',
  ],

  // The state of the server
  [DATABASE_REFUSED, 'does not have the database that the binding names'],
  [/LOADING/, 'is still loading its data. It answers when it is done'],
  [
    /READONLY/,
    'has become a replica, or was bound as one: a replica takes no writes. If this stays, the binding should name the primary',
  ],
  [/MASTERDOWN/, 'is a replica that has lost its primary'],
  [/^BUSY/, 'is busy with a script that does not end. The operator can end it (SCRIPT KILL)'],
  [/NOREPLICAS/, 'has fewer replicas than it needs to take writes (min-replicas-to-write)'],
  [/CLUSTERDOWN/, 'is a Cluster that has lost some of its servers, or some of its slots'],
  [/MISCONF/, 'cannot save its data and refuses writes. Is its disk full?'],
  [
    /max number of clients/,
    'has as many clients as it allows. The operator can raise maxclients, or other clients should close connections',
  ],
  [/[Ss]entinels .*unreachable/, 'has no Sentinel that answers and knows the primary'],
  [/slots cache|Cluster isn't ready|None of startup nodes/, 'has no cluster node that answers'],
];

/** ioredis' own messages for a command without a connection. */
const NOT_CONNECTED =
  /Stream isn't writeable|Connection is closed|max retries per request|Too many Cluster redirections/;

/** Returns true for errors of Redis, ioredis, the network or TLS; false for mistakes of this app. */
export function isRedisError(error: Error): boolean {
  return (
    error.name === 'ReplyError' ||
    NOT_CONNECTED.test(error.message) ||
    findExplanation(error) !== undefined
  );
}

/** What a client reads when `isOutOfMemory`. */
export const OUT_OF_MEMORY =
  'Redis is full, and nothing was stored: delete keys, or choose a plan with more memory or with eviction (maxmemory, maxmemory-policy)';

/** Returns true when Redis has reached `maxmemory` and may evict nothing. */
export function isOutOfMemory(error: Error): boolean {
  // Before Redis 7, an error in a script has it in the middle of the message
  return /^OOM|-OOM /.test(error.message);
}

/** Returns true when the command is renamed, or forbidden to this user. */
export function isForbidden(error: Error): boolean {
  return /NOPERM|unknown command/i.test(error.message);
}

/** Returns true when the key holds a value of a type that the command is not for. */
export function isOfOtherType(error: Error): boolean {
  return error.message.startsWith('WRONGTYPE');
}

/** Returns true when SELECT was refused: no database has that index, or the server is a Cluster. */
export function isDatabaseRefused(error: Error): boolean {
  return DATABASE_REFUSED.test(error.message);
}

/**
 * Returns true for what only follows from the login that Redis refuses: ioredis sends SELECT with AUTH, and
 * reports its error first.
 */
export function followsFromLogin(error: Error, { password }: Login): boolean {
  return password !== null && error.message.startsWith('NOAUTH');
}

/** Returns true for the errors of commands that met no connection: the connection knows why. */
export function isNotConnected(error: Error): boolean {
  return NOT_CONNECTED.test(error.message);
}

/** Returns a sentence that begins with the subject. */
export function explain(error: Error, subject = 'Redis'): string {
  if (isOutOfMemory(error)) return OUT_OF_MEMORY;
  const cause = findCause(error);
  const explanation = findExplanation(cause);
  if (!explanation) return `${subject} cannot be used: ${withoutDetails(cause.message)}`;
  const text = typeof explanation === 'string' ? explanation : explanation(cause);
  return `${subject} ${text} (${codeOf(cause)})`;
}

function findExplanation(error: Error): Explanation | undefined {
  const text = `${codeOf(error)} ${error.message}`;
  return EXPLANATIONS.find(([pattern]) => pattern.test(text))?.[1];
}

/** Returns the code of the system or of TLS, or else what Redis or ioredis say first. */
function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? withoutDetails(error.message).split('. ')[0]!;
}

/** Redis repeats the arguments of unknown commands, which are people's data. */
function withoutDetails(message: string): string {
  return message.replace(/, with args.*/s, '');
}

/** A Cluster reports only that all nodes failed, a transaction only that it was refused. */
function findCause(error: Error): Error {
  const { lastNodeError, previousErrors } = error as {
    lastNodeError?: Error;
    previousErrors?: Error[];
  };
  return lastNodeError ?? previousErrors?.[0] ?? error;
}

/** Names the command, key or channel that the user's ACL rule lacks, and how to add it. */
function explainMissingRight(error: Error): string {
  const [, command] = /'([\w|-]+)' command/.exec(error.message) ?? [];
  if (command) return wantsRule(`to run ${command.toUpperCase()}`, `+${command}`);
  if (/channel/.test(error.message)) return wantsRule('to use this channel', `&${OWN_PREFIX}*`);

  // Users' keys are not repeated. In a script's arguments, keys come after their number
  const { args = [] } = (error as { command?: { args?: unknown[] } }).command ?? {};
  const isOwn = args.some((arg) => String(arg).startsWith(OWN_PREFIX));
  return isOwn
    ? wantsRule("to keys of the app's own", `~${OWN_PREFIX}*`)
    : wantsRule('to this key', 'a pattern for it, like ~*');
}

function wantsRule(right: string, rule: string): string {
  return `does not give its user the right ${right}. The operator can add ${rule} to its rule (ACL SETUSER)`;
}

function explainUnknownCommand({ message }: Error): string {
  const [, name] = /unknown command [`'"]?([\w|-]+)/.exec(message) ?? [];
  const command = name?.toUpperCase() ?? 'a command of this app';
  return `does not know ${command}. Has the service renamed or disabled it, or is this the port of a Sentinel?`;
}

function explainUnknownHost(error: Error): string {
  const { hostname } = error as { hostname?: string };
  return `has a host name that cannot be resolved${hostname ? `: ${hostname}` : ''}. Does the service still exist, and does the binding still name its host?`;
}

function explainOtherName(error: Error): string {
  const { host, cert } = error as { host?: string; cert?: { subjectaltname?: string } };
  const names = cert?.subjectaltname?.replaceAll(/(DNS|IP Address):/g, '') ?? 'another name';
  return `shows a certificate for ${names}, but the app connects to ${host}. Through a tunnel, set REDIS_TLS_SERVERNAME to the name in the certificate`;
}
