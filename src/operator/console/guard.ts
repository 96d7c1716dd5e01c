/** Judges commands by the server's own flags: which may be sent, which write, which keys they use. */
import type { Redis } from 'ioredis';
import { isOwn } from '../own-keys.ts';
import * as texts from '../sentences.ts';

const LARGEST_KEY = 8 * 1024 * 1024; // bytes

export interface Judged {
  words: Buffer[];
  keys: Buffer[];
  writes: boolean;
  /** The larger its keys are, the longer it takes, or the longer is its answer. */
  isHeavy: boolean;
}

/** An answer for the operator. */
export class Refused extends Error {
  readonly status: number;
  readonly expose = true;

  constructor(message: string, status = 403) {
    super(message);
    this.status = status;
  }
}

/** Commands without keys that name the keys of others, the app's own among them. */
const NAMING_KEYS = new Set(['scan', 'randomkey']);
/** INFO is marked as dangerous. It is not: it reveals what the operator may see. */
const HARMLESS = new Set(['info', 'ping', 'echo', 'time', 'dbsize', 'publish']);

/** The first that holds is the reason. Flags and categories of ACLs, as COMMAND INFO names them. */
const REASONS: [mark: string, reason: string][] = [
  ['admin', texts.REFUSED_ADMIN],
  ['@admin', texts.REFUSED_ADMIN],
  ['@scripting', texts.REFUSED_SCRIPT],
  ['blocking', texts.REFUSED_BLOCKING],
  ['@blocking', texts.REFUSED_BLOCKING],
  ['pubsub', texts.REFUSED_PUBSUB],
  ['@pubsub', texts.REFUSED_PUBSUB],
  ['@transaction', texts.REFUSED_TRANSACTION],
  ['@dangerous', texts.REFUSED_DANGEROUS],
  ['@connection', texts.REFUSED_CONNECTION],
];

/** Name, arity, flags, first key, last key, step, categories (since Redis 6.0), … */
type CommandInfo = [string, number, string[], number, number, number, string[], ...unknown[]];

/**
 * Throws Refused for a command that is unknown, that this console does not send, or that uses keys of
 * the app's own; and the errors of Redis, as COMMAND may be forbidden.
 */
export async function judge(redis: Redis, words: Buffer[]): Promise<Judged> {
  const name = words[0]!.toString().toLowerCase();
  const info = await findCommand(redis, name, words[1]?.toString().toLowerCase());
  if (!info) throw new Refused(texts.unknownCommand(name), 400);

  const marks = new Set([...info[2], ...(info[6] ?? [])]);
  const reason = REASONS.find(([mark]) => marks.has(mark))?.[1];
  if (reason && !HARMLESS.has(name)) throw new Refused(texts.refusedCommand(name, reason));
  if (NAMING_KEYS.has(name)) throw new Refused(texts.refusedCommand(name, texts.REFUSED_NAMES));
  // A command of a module may read keys that it does not name
  const isKnown = marks.has('readonly') || marks.has('write') || marks.has('fast');
  if (marks.has('module') || !isKnown)
    if (!HARMLESS.has(name)) throw new Refused(texts.refusedCommand(name, texts.REFUSED_UNKNOWN));

  const keys = await findKeys(redis, words, info);
  // The channel of PUBLISH stands where others have their key
  if ([...keys, ...words.slice(1, 2)].some(isOwn)) throw new Refused(texts.OWN_KEY);
  const isHeavy = marks.has('@slow') || marks.has('@string');
  return { words, keys, writes: marks.has('write'), isHeavy };
}

/** Since Redis 7.0, a subcommand has flags of its own. */
async function findCommand(redis: Redis, name: string, second?: string) {
  const names = second ? [name, `${name}|${second}`] : [name];
  const found = (await redis.call('COMMAND', 'INFO', ...names)) as (CommandInfo | null)[];
  return found.findLast((info) => info !== null) ?? null;
}

async function findKeys(redis: Redis, words: Buffer[], info: CommandInfo): Promise<Buffer[]> {
  const hasKeys = info[3] !== 0 || info[2].includes('movablekeys');
  if (!hasKeys) return [];
  try {
    return (await redis.callBuffer('COMMAND', 'GETKEYS', ...words)) as Buffer[];
  } catch (error) {
    const { message } = error as Error;
    if (/no key arguments/i.test(message)) return [];
    if (/invalid arguments|number of arguments/i.test(message))
      throw new Refused(texts.wrongArguments(words[0]!.toString()), 400);
    throw error;
  }
}

/**
 * Throws Refused for a heavy command with a large key. Ask the node that has the keys. Without the
 * right to MEMORY USAGE, only the limit on answers protects this instance.
 */
export async function refuseLargeKeys(redis: Redis, judged: Judged[]): Promise<void> {
  const keys = judged.filter(({ isHeavy }) => isHeavy).flatMap((each) => each.keys);
  const sizes = await Promise.all(
    keys.map((key) => redis.call('MEMORY', 'USAGE', key).catch(() => 0)),
  );
  const largest = Math.max(0, ...sizes.map(Number));
  if (largest > LARGEST_KEY) throw new Refused(texts.largeKey(largest), 409);
}
